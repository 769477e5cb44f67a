"""The command, as people and programs call it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from capstone.__main__ import Bar, main

LINE = b'10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /\x1b[31m HTTP/1.1" 200 7\n'
COMMAND = [sys.executable, "-X", "utf8", "-m", "capstone"]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(LINE * 1000 + b"nonsense\n")
    return path


def test_it_prints_a_report(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(log)]) == 0
    said, errors = capsys.readouterr()
    assert said.startswith("1,000 requests, 7,000 bytes sent, 1 malformed lines\n")
    assert f"{log}:1001: the line does not begin with a host and a space" in said
    assert errors == ""


def test_what_a_log_holds_does_not_reach_the_terminal(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(log)])
    assert "\x1b" not in capsys.readouterr().out


def test_json_is_the_whole_report(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(log)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["statuses"] == {"200": 1000}
    assert report["problems"][0]["line"] == 1001


def test_files_that_cannot_be_read_do_not_keep_it_from_the_others(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(LINE * 9)[:-4])
    assert main([str(tmp_path / "missing"), str(cut), str(log)]) == 1
    said, errors = capsys.readouterr()
    assert said.startswith("1,009 requests")
    assert errors.splitlines() == [
        f"capstone: {tmp_path / 'missing'}: No such file or directory",
        f"capstone: {cut}: the compressed data ends too early, in line 10; what comes before was counted",
    ]


def test_it_reads_standard_input(log: Path) -> None:
    done = subprocess.run([*COMMAND, "--json", "-"], input=log.read_bytes(), capture_output=True, check=True)
    assert json.loads(done.stdout)["requests"] == 1000


@pytest.mark.parametrize("wrong", [[], ["--top", "-1", "x"], ["--top", "many", "x"], ["--no-such-option"]])
def test_a_wrong_call_is_explained(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
    assert "usage: capstone" in capsys.readouterr().err


def test_how_far_it_is() -> None:
    bar = Bar([])
    assert bar.line(2_000_000) == "2 MB"
    bar.total = 4_000_000
    assert bar.line(1_000_000) == "[████████░░░░░░░░░░░░░░░░░░░░░░]  25% of 4 MB"
    assert bar.line(9_000_000).endswith("100% of 4 MB")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_ends_it_at_once_and_silently() -> None:
    read, write = os.pipe()
    with subprocess.Popen([*COMMAND, "/dev/zero"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        time.sleep(1)
        assert child.poll() is None
        child.send_signal(signal.SIGINT)
        start = time.monotonic()
        said, errors = child.communicate(timeout=10)
        assert time.monotonic() - start < 2
    os.close(read)
    os.close(write)
    assert (child.returncode, said, errors) == (130, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_reader_that_leaves_is_no_error(log: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*COMMAND, str(log)], stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals")
@pytest.mark.parametrize(("options", "drawn"), [([], True), (["--no-progress"], False)])
def test_the_bar_is_for_terminals(log: Path, options: list[str], drawn: bool) -> None:
    ours, theirs = os.openpty()
    done = subprocess.run([*COMMAND, *options, str(log)], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    try:
        seen = os.read(ours, 10_000)
    except OSError:  # nothing was written, and nobody can write any more
        seen = b""
    os.close(ours)
    assert done.returncode == 0
    assert ("█".encode() in seen) is drawn
    assert not drawn or seen.endswith(b"\r\x1b[K")
