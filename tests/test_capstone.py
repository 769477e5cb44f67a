"""What the chapter `capstone` promises beyond what the package's own tests say, which run beside these."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from capstone import Analyser, Problem, analyse

from workbook import crates
from workbook.eject import eject
from workbook.layout import Crate

CRATE = Crate("capstone")
LINE = b'10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /%d HTTP/1.1" 200 7\n'


def run(program: str, *arguments: str | Path) -> str:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    ).stdout


# Memory


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory as Linux tells it")
def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(LINE % (number % 1000) for number in range(300_000)))
    program = (
        "import sys\nfrom pathlib import Path\nfrom capstone import analyse\n"
        "analyse(*sys.argv[1:])\n"
        "print(next(line.split()[1] for line in Path('/proc/self/status').read_text().splitlines()"
        " if line.startswith('VmHWM')))"
    )
    once, often = int(run(program, log)), int(run(program, *[log] * 10))
    assert often - once < 4_000, f"{once} KB for one log, {often} KB for ten"


def test_numbers_that_are_too_large_do_not_reserve_memory() -> None:
    analyser = Analyser(problems=sys.maxsize, room=sys.maxsize)
    analyser.begin("log")
    analyser.feed(LINE % 1 + b"\n")
    assert analyser.paths(sys.maxsize) == [("/1", 1)]
    assert analyser.hosts(0) == []
    assert isinstance(analyser.problems[0], Problem)
    with pytest.raises(OverflowError):
        analyser.paths(-1)


# Threads and signals


def test_analysers_in_threads_count_alike() -> None:
    text = b"".join(LINE % number for number in range(50_000))

    def counted(_: int) -> list[tuple[str, int]]:
        analyser = Analyser()
        analyser.begin("log")
        for start in range(0, len(text), 4096):
            analyser.feed(text[start : start + 4096])
        analyser.end()
        return analyser.paths(100)

    with ThreadPoolExecutor(4) as four:
        first, *others = four.map(counted, range(4))
    assert all(other == first for other in others)


def test_one_analyser_in_two_threads_is_refused_or_counted_and_never_torn() -> None:
    analyser, text, refused = Analyser(), b"".join(LINE % 7 for _ in range(20_000)), []
    analyser.begin("log")

    def feed() -> None:
        for _ in range(20):
            try:
                analyser.feed(text)
            except RuntimeError:
                refused.append(1)

    threads = [threading.Thread(target=feed) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert analyser.requests == (40 - len(refused)) * 20_000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither such a file nor such signals")
@pytest.mark.parametrize("log", ["/dev/zero", "blank lines"])
def test_ctrl_c_is_heard_at_once(log: str, tmp_path: Path) -> None:
    if log == "blank lines":  # what unpacks to most work
        log = str(tmp_path / "bomb.gz")
        Path(log).write_bytes(gzip.compress(b"\n" * 10_000_000) * 40)
    moment = 0.0

    def stop(*_: object) -> None:
        nonlocal moment
        moment = time.monotonic()
        raise LookupError("stopped")

    before = signal.signal(signal.SIGALRM, stop)
    asked = time.monotonic() + 0.3
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(LookupError, match="stopped"):
            analyse(log)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert moment - asked < 1


# The crate as the book's tools see it


def test_its_module_is_found_although_it_lies_among_the_sources() -> None:
    found = crates.binary(CRATE)
    assert found is not None
    assert found.name.startswith("_core.")
    assert crates.stale(CRATE) is None


def test_what_is_written_in_python_counts_as_a_source() -> None:
    names = {
        path.relative_to(CRATE.folder).as_posix() for path in CRATE.sources if CRATE.folder in path.parents
    }
    assert {"python/capstone/__init__.py", "python/capstone/_core.pyi", "python/capstone/py.typed"} <= names
    assert not any(name.endswith(".so") for name in names)


def test_an_ejected_package_has_its_python_and_its_tests_and_no_exercises(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path).as_posix() for path in eject("capstone", tmp_path)}
    assert {"python/capstone/__main__.py", "tests/twin.py", "benches/bench_twin.py", "LICENSE"} <= written
    assert "exercises" not in (tmp_path / "python" / "capstone" / "__init__.py").read_text("utf-8")
    assert (tmp_path / "README.md").read_bytes() == (CRATE.folder / "README.md").read_bytes()
