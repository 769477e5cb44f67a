"""What `%%terminal` and `%%write` promise to a page, and to the machine that it runs on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from workbook import printing, terminal
from workbook.layout import ROOT
from workbook.terminal import Terminal, TerminalError

Output = pytest.CaptureFixture[str]

posix = pytest.mark.skipif(
    sys.platform == "win32", reason="the commands of this test are those of a POSIX shell"
)
pytestmark = posix


@pytest.fixture
def here(tmp_path: Path) -> Terminal:
    """A terminal in an empty folder, in the environment of the tests."""
    return Terminal(tmp_path, dict(os.environ))


def plain(output: Output) -> str:
    return printing.plain(output.readouterr().out)


def test_one_command_is_not_repeated_above_its_output(here: Terminal, capsys: Output) -> None:
    here.run("echo views")
    assert capsys.readouterr().out == "views\n"


def test_several_commands_are_told_apart_by_a_prompt(here: Terminal, capsys: Output) -> None:
    here.run("echo one\n\necho two\n")
    assert plain(capsys) == "$ echo one\none\n$ echo two\ntwo\n"


def test_both_streams_arrive_in_order_and_on_stdout(here: Terminal, capsys: Output) -> None:
    here.run("echo one; echo two >&2; echo three")
    captured = capsys.readouterr()
    assert captured.out == "one\ntwo\nthree\n"
    assert captured.err == ""


def test_output_is_shown_while_the_command_still_runs(
    here: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, float]] = []
    monkeypatch.setattr(terminal, "_say", lambda text: heard.append((text, time.monotonic())))
    here.run("echo first; sleep 0.5; echo last")
    (first, early), (last, late) = heard
    assert (first, last) == ("first\n", "last\n")
    assert late - early > 0.3


@pytest.mark.parametrize(
    ("cell", "commands"),
    [
        pytest.param("a\nb", ["a", "b"], id="a line each"),
        pytest.param("a \\\n  b", ["a \\\n  b"], id="backslash"),
        pytest.param("python -c 'x = 1\nprint(x)'\nb", ["python -c 'x = 1\nprint(x)'", "b"], id="quotation"),
        pytest.param("echo a # it's a remark\nb", ["echo a # it's a remark", "b"], id="remark"),
        pytest.param("\n\n", [], id="nothing"),
        pytest.param("echo 'open", ["echo 'open"], id="a quotation that never ends"),
    ],
)
def test_a_cell_is_cut_into_commands(cell: str, commands: list[str]) -> None:
    assert list(terminal._commands(cell)) == commands


def test_cd_lasts_from_cell_to_cell(here: Terminal, capsys: Output) -> None:
    here.run("mkdir -p 'a folder'/b\ncd 'a folder'\ncd b")
    here.run("pwd")
    assert plain(capsys).endswith("~/a folder/b\n")
    here.run("cd ..")
    here.run("pwd")
    assert plain(capsys).endswith("~/a folder\n")
    here.run("cd")
    here.run("pwd")
    assert plain(capsys).endswith("~\n")
    here.run("cd ~/'a folder'")
    here.run("pwd")
    assert plain(capsys).endswith("~/a folder\n")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        pytest.param("cd nowhere", "cd: nowhere: there is no such folder in ~", id="missing"),
        pytest.param("cd ../..", "cd: ../.. is outside of the scratch folder", id="above"),
        pytest.param("cd /", "cd: / is outside of the scratch folder", id="root"),
        pytest.param("cd a && ls", "cd stands on a line of its own", id="chained"),
    ],
)
def test_cd_that_cannot_be_done_is_refused(here: Terminal, command: str, sentence: str) -> None:
    with pytest.raises(TerminalError, match="^" + sentence):
        here.run(command)
    assert here.folder == here.root


def test_what_is_exported_sourced_and_unset_lasts_from_cell_to_cell(here: Terminal, capsys: Output) -> None:
    here.environment["GONE"] = "here"
    here.write("settings", "export COUNTER='two words é'")
    here.run("source ./settings\nexport VIEWS=$COUNTER-5\nunset GONE")
    here.run('echo "$COUNTER $VIEWS ${GONE-gone}"')
    assert plain(capsys).endswith("two words é two words é-5 gone\n")


def test_settings_that_cannot_be_read_fail_and_change_nothing(here: Terminal) -> None:
    before = dict(here.environment)
    with pytest.raises(TerminalError, match="no-such-settings"):
        here.run("source ./no-such-settings")
    here.run("export VIEWS=5; false", fails="")
    assert here.environment == before


def test_a_folder_that_was_deleted_under_the_terminal_is_told(here: Terminal, capsys: Output) -> None:
    here.run("mkdir gone\ncd gone")
    (here.root / "gone").rmdir()
    with pytest.raises(TerminalError, match=r"^~/gone, where the terminal was, is gone; it is back in ~"):
        here.run("ls")
    here.run("pwd")
    assert plain(capsys).endswith("~\n")


def test_a_failure_stops_the_cell_and_repeats_code_and_last_lines(here: Terminal, capsys: Output) -> None:
    with pytest.raises(TerminalError) as caught:
        here.run("echo before\nsh -c 'echo because; exit 3'\necho after")
    assert str(caught.value) == "`sh -c 'echo because; exit 3'` ended with exit code 3.\n  because"
    assert "after" not in capsys.readouterr().out


def test_a_death_by_signal_names_the_signal(here: Terminal) -> None:
    with pytest.raises(TerminalError, match="signal SIGSEGV"):
        here.run("kill -SEGV $$")


def test_a_missing_command_says_where_to_get_it(here: Terminal) -> None:
    here.environment["PATH"] = str(here.root)
    with pytest.raises(TerminalError, match=r"^cargo: not found: install Rust from https://rustup\.rs$"):
        here.run("cargo build")
    with pytest.raises(TerminalError, match=r"^no-such-command: not found$"):
        here.run("no-such-command")


@pytest.mark.parametrize(
    ("complaint", "cure"),
    [
        ("error: command 'gcc' failed: No such file or directory", "There is no C compiler: install one"),
        ("error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'", "There is no C compiler"),
        ("error: Microsoft Visual C++ 14.0 or greater is required.", "Build Tools for Visual Studio"),
        ("a.c:1:10: fatal error: Python.h: No such file or directory", "on Debian and Ubuntu as python3-dev"),
        ("a.c(1): fatal error C1083: Cannot open include file: 'Python.h'", "Python's headers are missing"),
    ],
    ids=["gcc", "gcc-by-another-name", "windows", "headers", "headers-on-windows"],
)
def test_a_build_that_lacks_something_says_where_to_get_it(here: Terminal, complaint: str, cure: str) -> None:
    (here.root / "complaint").write_text(complaint)
    with pytest.raises(TerminalError) as caught:
        here.run("cat complaint; exit 1")
    first, said, last = str(caught.value).splitlines()
    assert (first, said) == ("`cat complaint; exit 1` ended with exit code 1.", f"  {complaint}")
    assert cure in last


def test_an_expected_failure_passes(here: Terminal, capsys: Output) -> None:
    here.run("echo first\necho error: E0277 >&2; exit 101", fails="E0277")
    assert plain(capsys).endswith("error: E0277\n(exit code 101)\n")


def test_an_expected_failure_is_found_through_colours(here: Terminal) -> None:
    here.run(r"printf '\033[31merror\033[0m: it broke\n'; exit 1", fails="error: it broke")


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        pytest.param(
            "echo E0277", "succeeded, where the page says that it fails with 'E0277'", id="succeeds"
        ),
        pytest.param("echo E0308; exit 1", "It does not say 'E0277'", id="fails otherwise"),
        pytest.param("cd .", "succeeded, where the page says that it fails", id="only cd"),
        pytest.param("echo E0277; false\necho E0277", "ended with exit code 1", id="fails too early"),
    ],
)
def test_a_failure_that_does_not_come_as_expected_fails_the_cell(
    here: Terminal, cell: str, sentence: str
) -> None:
    with pytest.raises(TerminalError, match=sentence):
        here.run(cell, fails="E0277")


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param("", None, id="nothing"),
        pytest.param("--fails E0277", "E0277", id="word"),
        pytest.param("--fails ImportError: dynamic module", "ImportError: dynamic module", id="words"),
        pytest.param("--fails 'no such thing'", "no such thing", id="quoted"),
    ],
)
def test_what_a_failure_must_say_stands_behind_the_magic(line: str, text: str | None) -> None:
    assert terminal._expected(line) == text


@pytest.mark.parametrize("line", ["--fails", "--fail E0277", "E0277"])
def test_another_option_is_refused(line: str) -> None:
    with pytest.raises(TerminalError, match="comes nothing, or --fails"):
        terminal._expected(line)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        pytest.param("\x1b[91merror", "\x1b[1;31merror", id="bright"),
        pytest.param("\x1b[1m\x1b[92mok", "\x1b[1m\x1b[1;32mok", id="bold and bright"),
        pytest.param("\x1b[0;96;4mx", "\x1b[0;1;36;4mx", id="among others"),
        pytest.param("\x1b[38;5;9merror", "\x1b[1;31merror", id="bright, of 256"),
        pytest.param("\x1b[38;5;4mx", "\x1b[34mx", id="plain, of 256"),
        pytest.param("\x1b[38;5;196mx", "\x1b[38;5;196mx", id="a colour without a name"),
        pytest.param("\x1b[31mx\x1b[0m", "\x1b[31mx\x1b[0m", id="plain"),
        pytest.param("\x1b]8;;https://e.x\x1b\\E1\x1b]8;;\x1b\\", "E1", id="link"),
        pytest.param("a\x1b[2K\x1b[1Gb", "ab", id="cursor"),
    ],
)
def test_colours_are_those_that_a_page_can_render(written: str, shown: str) -> None:
    assert printing.page_colours(written) == shown


def test_no_path_of_the_machine_is_shown(here: Terminal, capsys: Output) -> None:
    here.run(f"echo {here.root}/src/lib.rs\necho at:{Path.home()}/.cargo\necho {ROOT}/book")
    output = plain(capsys)
    assert "~/src/lib.rs" in output
    assert "at:~/.cargo" in output
    assert "$BOOK/book" in output
    here.run(f"printf '\\033[36m{Path.home()}/.cargo\\n'")
    assert plain(capsys) == "~/.cargo\n"
    here.run(f"echo {Path.home()}-not-mine")
    assert plain(capsys) == f"{Path.home()}-not-mine\n"


def test_a_file_is_written_where_the_terminal_is(here: Terminal, capsys: Output) -> None:
    here.run("mkdir crate\ncd crate")
    here.write("src/lib.rs", "//! Zähler")
    assert (here.root / "crate/src/lib.rs").read_bytes() == "//! Zähler\n".encode()
    assert plain(capsys).endswith("wrote ~/crate/src/lib.rs\n")


@pytest.mark.parametrize("name", ["../outside.rs", "/outside.rs", "link/outside.rs", "", "folder"])
def test_nothing_is_written_outside_of_the_scratch_folder(
    here: Terminal, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (here.root / "link").symlink_to(outside)
    (here.root / "folder").mkdir()
    with pytest.raises(TerminalError):
        here.write(name, "fn main() {}")
    assert list(outside.iterdir()) == []
    assert not (here.root.parent / "outside.rs").exists()


def test_an_interrupt_ends_the_command_and_its_children(here: Terminal) -> None:
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        here.run("echo $$ > pid; sh -c 'sleep 60; true'; sleep 60")
    group = int((here.root / "pid").read_text())
    for _ in range(50):
        left = subprocess.run(
            ["ps", "-o", "pid=", "-g", str(group)], capture_output=True, text=True
        ).stdout.split()
        if not left:
            break
        time.sleep(0.1)
    assert left == []


def test_a_page_starts_empty_but_keeps_what_took_long_to_make(tmp_path: Path) -> None:
    terminal.prepare(tmp_path)
    (tmp_path / ".target" / "debug").mkdir(parents=True)
    (tmp_path / "my_package" / ".git").mkdir(parents=True)
    (tmp_path / "note.txt").touch()
    python = tmp_path / ".venv" / "bin" / "python"
    made = (tmp_path / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    (tmp_path / ".venv" / "link").symlink_to(tmp_path / "note.txt")

    terminal.prepare(tmp_path)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".target", ".tmp", ".venv"]
    assert (tmp_path / ".target" / "debug").is_dir()
    assert python.exists()
    assert (tmp_path / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made


def test_the_scratch_environment_is_not_the_one_of_the_book(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUST_BACKTRACE", "1")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("CONDA_PREFIX", "/somewhere")
    page = terminal.prepare(tmp_path)
    page.run("command -v python\ncommand -v maturin")
    assert plain(capsys) == (
        "$ command -v python\n~/.venv/bin/python\n$ command -v maturin\n~/.venv/bin/maturin\n"
    )
    page.run('echo "[$RUST_BACKTRACE$PYTHONPATH$CONDA_PREFIX] $VIRTUAL_ENV $CARGO_TARGET_DIR"')
    assert plain(capsys) == "[] ~/.venv ~/.target\n"
    page.run("python -c 'import workbook'", fails="ModuleNotFoundError: No module named 'workbook'")


def test_what_a_page_installed_is_gone_when_it_starts_again(tmp_path: Path) -> None:
    terminal.prepare(tmp_path)
    packages = next((tmp_path / ".venv" / "lib").iterdir()) / "site-packages"
    installed = packages / "left_over-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: left-over\nVersion: 1\n")
    (installed / "RECORD").write_text("left_over-1.dist-info/METADATA,,\nleft_over.py,,\n")
    (packages / "left_over.py").touch()

    page = terminal.prepare(tmp_path)
    page.run("python -c 'import left_over'", fails="ModuleNotFoundError")


def test_a_page_finds_the_tools_that_it_asks_for_in_the_versions_of_the_book(
    tmp_path: Path, capsys: Output
) -> None:
    asks = (
        "python -c \"from importlib.metadata import version as v; print(*map(v, ['iniconfig', 'pytest']))\""
    )
    terminal.prepare(tmp_path, "pytest").run(asks)
    assert plain(capsys).split() == [version("iniconfig"), version("pytest")]
    terminal.prepare(tmp_path).run(asks, fails="PackageNotFoundError")


def test_two_kernels_never_share_a_folder(tmp_path: Path) -> None:
    first, one = terminal.claim(tmp_path)
    second, two = terminal.claim(tmp_path)
    assert (one.name, two.name) == ("scratch", "scratch-2")
    first.release()
    third, again = terminal.claim(tmp_path)
    assert again == one
    second.release()
    third.release()


def test_a_failing_cell_shows_a_sentence_and_no_traceback(
    here: Terminal, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell: Any = InteractiveShell.instance()
    terminal.register(shell)
    monkeypatch.setattr(terminal, "_current", here)
    result = shell.run_cell("%%terminal\nexit 7")
    assert isinstance(result.error_in_exec, TerminalError)
    captured = capsys.readouterr()
    assert captured.out == "TerminalError: `exit 7` ended with exit code 7. It printed nothing.\n"
    assert captured.err == ""
    monkeypatch.setattr(terminal, "_current", None)
    assert "call scratch(" in str(shell.run_cell("%%terminal\nls").error_in_exec)
    InteractiveShell.clear_instance()
