"""`workbook watch`, driven as a reader drives it: in a terminal, with an editor's saves and with keys."""

from __future__ import annotations

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are not to be had on Windows", allow_module_level=True)

import termios

import pexpect
from workspace import FREE, ROOM, STUBS, TRIPS, Workspace, solved

WAIT = 60
"""Seconds that something may take to appear: the first check may compile PyO3, or wait for another build."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("book"), "punt", "pier")


@pytest.fixture
def book(shared: Workspace) -> Workspace:
    """The small book, with nothing done yet."""
    for path in [*shared.mine.parent.glob("mine*"), *shared.root.glob("progress*")]:
        path.unlink()
    return shared


class Terminal:
    """A pseudo-terminal with `workbook watch` in it."""

    def __init__(self, book: Workspace, *arguments: str, columns: int = 80, **variables: str) -> None:
        program, *options = book.program
        self.child: Any = pexpect.spawn(
            program,
            [*options, "watch", *arguments],
            cwd=str(book.root),
            env=book.environment | variables,
            dimensions=(40, columns),
            encoding="utf-8",
            timeout=WAIT,
        )
        self.before = termios.tcgetattr(self.child.child_fd)
        self.seen = ""

    def sees(self, text: str) -> str:
        """Wait for a text, and return the screen up to it, without its colours."""
        words = r"(?:\s|\x1b\[[0-9;]*m)+".join(re.escape(word) for word in text.split())
        self.child.expect(words)
        self.seen += self.child.before + self.child.after
        return plain(self.seen.rpartition("\x1b[2J")[2] if "\x1b[2J" in self.seen else self.seen)

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def ended(self) -> int | None:
        """Wait for the end, and return the exit code. The terminal must be as it was at first."""
        self.child.expect(pexpect.EOF)
        self.seen += self.child.before
        with suppress(termios.error):  # where it is gone, it was not left in a strange state either
            assert termios.tcgetattr(self.child.child_fd)[:4] == self.before[:4]
        self.child.close()
        assert "Traceback" not in self.seen
        code: int | None = self.child.exitstatus
        return code


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """Those that a test opens; none is left running."""
    opened: list[Terminal] = []
    yield opened
    for terminal in opened:
        terminal.child.close(force=True)


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text).replace("\r", "")


def save_by_rename(path: Path, text: str) -> None:
    """As Vim and many others do: the old file is moved away, and a new one takes its place."""
    backup, new = path.with_name("mine.rs~"), path.with_name(".mine.rs.new")
    new.write_text(text, "utf-8")
    path.rename(backup)
    new.rename(path)
    backup.unlink()


def states(book: Workspace) -> dict[str, str]:
    chapters = json.loads(book.state.read_text("utf-8"))["chapters"]
    return {name: entry["state"] for name, entry in chapters["punt"].items() if "state" in entry}


def test_a_chapter_from_the_first_look_to_the_last_exercise(
    book: Workspace, terminals: list[Terminal]
) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("How many cars fit on the")
    line = STUBS.splitlines().index("    fn room() -> PyResult<u32> {")
    watch.sees(f"rust_examples/punt/src/mine.rs:{line}")
    watch.sees("not started")
    assert book.mine.read_text("utf-8") == STUBS

    book.mine.write_text(solved("41"), "utf-8")
    screen = watch.sees("got 41")
    assert "predict room: 0 of 1" in screen
    assert re.search(r"expected +40", screen)

    save_by_rename(book.mine, solved(ROOM))
    watch.sees("room is solved.")
    watch.sees("free repair, 8 minutes")
    watch.sees("not started")
    assert states(book)["room"] == "solved"

    book.mine.write_text(solved(ROOM, FREE, TRIPS), "utf-8")
    watch.sees("free is solved.")
    watch.sees("trips is solved as well.")
    watch.sees("All of punt is solved.")
    watch.sees("Next chapter: workbook watch pier")
    watch.press("q")
    assert watch.ended() == 0
    assert states(book) == {"room": "solved", "free": "solved", "trips": "solved"}


def test_what_was_solved_and_is_broken_is_told(book: Workspace, terminals: list[Terminal]) -> None:
    book.mine.write_text(solved(ROOM), "utf-8")
    terminals.append(watch := Terminal(book))
    watch.sees("free repair, 8 minutes")
    book.mine.write_text(solved("1"), "utf-8")
    watch.sees("room was solved, and is not any more: 0 of 1.")
    watch.press("q")
    assert watch.ended() == 0


def test_a_file_that_does_not_compile_shows_the_error_and_changes_no_verdict(
    book: Workspace, terminals: list[Terminal]
) -> None:
    book.mine.write_text(solved(ROOM), "utf-8")
    terminals.append(watch := Terminal(book))
    watch.sees("free repair, 8 minutes")
    watch.sees("not started")
    book.mine.write_text(solved(ROOM, "true"), "utf-8")
    watch.sees("E0308")
    watch.sees("mismatched types")
    watch.press("q")
    assert watch.ended() == 0
    assert states(book)["room"] == "solved"


def test_the_newest_save_wins_over_a_check_that_is_under_way(
    book: Workspace, terminals: list[Terminal]
) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("not started")
    for number in range(50, 56):
        book.mine.write_text(solved(str(number)), "utf-8")
        time.sleep(0.25)
    watch.sees("got 55")
    assert "got       50" not in plain(watch.seen)
    book.mine.write_text(solved("{ loop {} }"), "utf-8")
    time.sleep(2)
    book.mine.write_text(solved("56"), "utf-8")
    watch.sees("got 56")
    assert "no answer within" not in plain(watch.seen), "it waited for the loop without an end"
    watch.press("q")
    assert watch.ended() == 0


def test_hints_come_in_turn_and_are_remembered(book: Workspace, terminals: list[Terminal]) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("not started")
    watch.press("h")
    assert "Four times ten" not in watch.sees("Count the decks.")
    watch.press("q")
    assert watch.ended() == 0

    terminals.append(watch := Terminal(book))
    watch.sees("not started")
    watch.press("h")
    watch.sees("1. Count the decks.")
    watch.sees("2. Four times ten.")
    watch.press("H")
    watch.sees("There are no more hints.")
    watch.press("l")
    watch.sees("not started 2 hints")
    watch.press("q")
    assert watch.ended() == 0


def test_a_solution_is_shown_after_solving_with_a_race_or_where_one_insists(
    book: Workspace, terminals: list[Terminal]
) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("not started")
    watch.press("s")
    watch.sees("room is not solved yet.")
    watch.press("s")
    screen = watch.sees("It has four decks of ten.")
    assert "Ok(40)" in screen
    book.mine.write_text(solved(ROOM), "utf-8")
    watch.sees("room is solved.")
    watch.sees("not started")
    watch.press("s")
    watch.sees("Racing yours against ours")
    watch.sees("yours")
    watch.sees("ours")
    watch.sees("Measured on")
    watch.press("q")
    assert watch.ended() == 0


def test_reset_asks_keeps_the_text_and_says_where(book: Workspace, terminals: list[Terminal]) -> None:
    text = solved("41")
    book.mine.write_text(text, "utf-8")
    terminals.append(watch := Terminal(book))
    watch.sees("0 of 1")
    watch.press("r")
    watch.sees("y/n")
    watch.press("n")
    watch.sees("Nothing was changed.")
    assert book.mine.read_text("utf-8") == text
    watch.press("r")
    watch.sees("y/n")
    watch.press("y")
    watch.sees("What you wrote is kept in rust_examples/punt/src/mine.1.rs")
    watch.sees("not started")
    assert book.mine.read_text("utf-8") == STUBS
    assert book.mine.with_name("mine.1.rs").read_text("utf-8") == text
    watch.press("q")
    assert watch.ended() == 0


def test_a_file_that_is_deleted_is_not_made_again_unasked(book: Workspace, terminals: list[Terminal]) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("not started")
    book.mine.unlink()
    watch.sees("mine.rs is gone.")
    watch.press("c")
    watch.sees("mine.rs is gone.")
    time.sleep(1)
    assert not book.mine.exists()
    watch.press("r")
    watch.sees("mine.rs is there again")
    assert book.mine.read_text("utf-8") == STUBS
    watch.press("q")
    assert watch.ended() == 0


def test_one_goes_to_other_exercises_and_comes_back_after_a_restart(
    book: Workspace, terminals: list[Terminal]
) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("room predict, 2 minutes")
    watch.sees("not started")
    watch.press("n")
    watch.sees("free repair, 8 minutes")
    watch.press("\x1b[C")
    watch.sees("trips build, 15 minutes")
    watch.press("p")
    watch.sees("free repair, 8 minutes")
    watch.press("\x03")
    assert watch.ended() == 0

    terminals.append(watch := Terminal(book))
    watch.sees("free repair, 8 minutes")
    watch.press("q")
    assert watch.ended() == 0

    terminals.append(watch := Terminal(book, "trips"))
    watch.sees("trips build, 15 minutes")
    watch.press("q")
    assert watch.ended() == 0


def test_it_quits_at_once_while_a_check_runs(book: Workspace, terminals: list[Terminal]) -> None:
    book.mine.write_text(solved("{ loop {} }"), "utf-8")
    terminals.append(watch := Terminal(book))
    watch.sees("Checking")
    time.sleep(3)
    watch.press("q")
    assert watch.ended() == 0
    assert "no answer within" not in plain(watch.seen), "it waited for the loop without an end"
    assert book.mine.read_text("utf-8") == solved("{ loop {} }")
    assert not left_running(book)


def left_running(book: Workspace) -> list[str]:
    """Processes that work on the small book."""
    said = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in said.splitlines() if str(book.root) in line]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_with_the_terminal_as_it_was(
    name: str, book: Workspace, terminals: list[Terminal]
) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("Checking")
    watch.child.kill(getattr(signal, name))
    assert watch.ended() == 130
    assert "Stopped. Your files are as you saved them." in plain(watch.seen)
    assert not left_running(book)


@pytest.mark.parametrize("columns", [40, 60])
def test_a_narrow_terminal_shows_all_keys(columns: int, book: Workspace, terminals: list[Terminal]) -> None:
    terminals.append(watch := Terminal(book, columns=columns))
    watch.sees("not started")
    screen = watch.sees("quit")
    for key in ("hint", "solution", "list", "reset", "check", "next", "previous"):
        assert key in screen
    watch.press("l")
    watch.sees("trips")
    watch.press("q")
    assert watch.ended() == 0


def test_without_colours_there_are_none(book: Workspace, terminals: list[Terminal]) -> None:
    terminals.append(watch := Terminal(book, NO_COLOR="1"))
    watch.sees("not started")
    book.mine.write_text(solved("true"), "utf-8")
    watch.sees("E0308")
    watch.press("q")
    assert watch.ended() == 0
    codes = {code for styles in re.findall(r"\x1b\[([0-9;]*)m", watch.seen) for code in styles.split(";")}
    assert codes <= {"", "0", "1", "2", "3", "4", "22"}


# --- Over a pipe ---


def piped(book: Workspace, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*book.program, "watch"],
        cwd=book.root,
        env=book.environment | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **options,
    )


def finished(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it said up to its end, which comes by itself."""
    try:
        return process.communicate(timeout=WAIT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """Read lines until one holds the text; after `WAIT` seconds the process is ended instead."""
    assert process.stdout is not None
    seen = ""
    alarm = threading.Timer(WAIT, process.kill)
    alarm.start()
    try:
        for line in process.stdout:
            seen += line
            if text in " ".join(line.split()):
                return seen
    finally:
        alarm.cancel()
    raise AssertionError(f"{text!r} is not in:\n{seen}")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_over_a_pipe_verdicts_follow_each_other_as_plain_text(name: str, book: Workspace) -> None:
    with piped(book) as process:
        seen = read_until(process, "not started")
        book.mine.write_text(solved("41"), "utf-8")
        seen += read_until(process, "got 41")
        book.mine.write_text(solved(ROOM), "utf-8")
        seen += read_until(process, "room is solved.")
        seen += read_until(process, "free repair, 8 minutes")
        process.send_signal(getattr(signal, name))
        rest, said = finished(process)
    assert process.returncode == 130
    assert "\x1b" not in seen + rest
    assert "quit" not in seen + rest
    assert said == "Stopped. Your files are as you saved them.\n"


def test_a_closed_pipe_ends_it_quietly(book: Workspace) -> None:
    with piped(book) as process:
        read_until(process, "room")
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.wait(timeout=WAIT)
        assert process.stderr.read() == ""


# --- How long it takes: reported, never asserted ---


def test_from_save_to_verdict(
    book: Workspace, terminals: list[Terminal], record_property: Callable[[str, object], None]
) -> None:
    terminals.append(watch := Terminal(book))
    watch.sees("not started")
    times = []
    for number in range(100, 100 + int(os.environ.get("WORKBOOK_SAVES", "3"))):
        book.mine.write_text(solved(str(number)), "utf-8")
        began = time.perf_counter()
        watch.sees(f"got {number}")
        times.append(time.perf_counter() - began)
        time.sleep(0.2)
    watch.press("q")
    assert watch.ended() == 0
    said = f"median {statistics.median(times):.2f} s, worst {max(times):.2f} s of {len(times)}"
    record_property("from save to verdict", said)
    print(f"\nFrom save to verdict: {said}")
