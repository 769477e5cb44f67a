"""What the `workbook` command says, and that it says it in sentences."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from workspace import ROOM, STUBS, Workspace, solved

from workbook import __main__ as command
from workbook import layout

LOG = """\
reading sources... [ 40%] book/small
/there/book/small.md: WARNING: Executing notebook failed: CellExecutionError
Traceback (most recent call last):
  File "/there/nbclient/client.py", line 918, in _check_raise_for_error
    raise CellExecutionError.from_cell_and_msg(cell, exec_reply_content)
nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:
------------------
\x1b[31m1 / 0\x1b[0m
------------------

ZeroDivisionError: division by zero

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/there/sphinx/io.py", line 106, in read
RuntimeError: There was an error in building your book.
"""


def test_a_failed_build_shows_the_cell_and_its_error_and_no_machinery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    log = tmp_path / "build.log"
    log.write_text(LOG, "utf-8")
    command.show_failure(log)
    said = capsys.readouterr().out
    assert "WARNING: Executing notebook failed" in said
    assert "\n1 / 0\n" in said
    assert "ZeroDivisionError: division by zero" in said
    assert "build.log" in said
    assert "nbclient" not in said
    assert "RuntimeError" not in said


def test_a_failed_build_that_complains_of_nothing_known_shows_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    log = tmp_path / "build.log"
    log.write_text("\n".join(f"line {number}" for number in range(100)), "utf-8")
    command.show_failure(log)
    said = capsys.readouterr().out
    assert "line 99" in said
    assert "line 60" not in said


SENTENCES = {
    "an unknown chapter": (["check", "error_handlin"], "Did you mean error_handling?"),
    "an unknown exercise": (["hint", "count_visit"], "Did you mean count_visits?"),
    "a name like no other": (["watch", "xyzzy"], "`workbook list` shows all there are."),
    "an unknown command": (["hind"], "Did you mean 'hint'?"),
    "a chapter without exercises": (["check", "measurements"], "measurements has no exercises in Rust."),
    "a folder that is not empty": (["eject", "first_package", "."], "is not empty"),
    "a slug that is taken": (["new", "first_package", "Again"], "first_package is taken"),
}


@pytest.mark.parametrize(("arguments", "said"), SENTENCES.values(), ids=SENTENCES.keys())
def test_what_cannot_be_done_is_a_sentence(arguments: list[str], said: str) -> None:
    ended = CliRunner().invoke(command.main, arguments)
    assert ended.exit_code != 0
    assert said in ended.output
    assert ended.exception is None or isinstance(ended.exception, SystemExit)


def test_a_book_that_is_not_built_cannot_be_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "BUILD", tmp_path)
    ended = CliRunner().invoke(command.main, ["serve"])
    assert ended.exit_code != 0
    assert "there is no book yet: run workbook build" in ended.output


def test_every_command_has_help() -> None:
    for name in command.main.commands:
        helped = CliRunner().invoke(command.main, [name, "--help"])
        assert helped.exit_code == 0
        assert "Usage:" in helped.output


# --- The reader's commands, on a small book ---


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("book"), "ferry", "harbour")


@pytest.fixture
def book(shared: Workspace) -> Workspace:
    """The small book, with nothing done yet."""
    for path in [*shared.mine.parent.glob("mine*"), *shared.root.glob("progress*")]:
        path.unlink()
    return shared


def run(book: Workspace, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command with pipes around it. None may show a traceback."""
    done = subprocess.run(
        [*book.program, *arguments],
        cwd=book.root,
        env=book.environment | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback (" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    return done


def remember(book: Workspace, **states: str) -> None:
    """Check, and then pretend: quicker than solving."""
    program = (
        "import sys; from workbook import guide, progress\n"
        "with progress.editing() as memory:\n"
        "    for one in guide.Shelf().exercises['ferry']:\n"
        "        for name, state in (each.split('=') for each in sys.argv[1:]):\n"
        "            if one.name == name:\n"
        "                memory._entry(one).update(state=state, digest=progress.digest(one))\n"
    )
    pairs = [f"{name}={state}" for name, state in states.items()]
    subprocess.run([sys.executable, "-c", program, *pairs], cwd=book.root, env=book.environment, check=True)


def test_list_shows_every_exercise_and_what_to_do_next(book: Workspace) -> None:
    remember(book, room="solved", free="1 of 2")
    done = run(book, "list")
    assert done.returncode == 0
    rows = [line.split() for line in done.stdout.splitlines()]
    assert ["✓", "room", "solved", "predict,", "2", "min"] in rows
    assert ["→", "✗", "free", "1", "of", "2", "repair,", "8", "min"] in rows
    assert ["·", "trips", "not", "started", "build,", "15", "min"] in rows
    assert ["ferry", "The", "ferry", "1", "of", "3"] in rows
    assert ["harbour", "The", "harbour", "0", "of", "3"] in rows
    assert ["All", "exercises", "1", "of", "6"] in rows
    assert done.stdout.splitlines()[-1] == "About 48 minutes to go. Next: workbook watch free"


def test_list_over_a_pipe_can_be_written_in_any_encoding(book: Workspace) -> None:
    assert "? room" in run(book, "list", PYTHONIOENCODING="ascii:strict", PYTHONUTF8="0").stdout


def test_an_exercise_that_has_changed_is_to_be_checked_again(book: Workspace) -> None:
    remember(book, room="solved")
    stubs = book.mine.with_name("exercises.rs")
    stubs.write_text(STUBS.replace("/// 40", "/// 44"), "utf-8")
    try:
        said = run(book, "list").stdout
    finally:
        stubs.write_text(STUBS, "utf-8")
    assert "? room    check again" in said
    assert "check again: the exercise is not what it was when you checked it last." in said
    assert "✓ room" in run(book, "list").stdout


def test_check_lays_down_a_file_and_remembers_its_verdicts(book: Workspace) -> None:
    done = run(book, "check")
    assert done.returncode == 1
    assert "rust_examples/ferry/src/mine.rs is yours now" in done.stderr
    assert done.stdout.startswith("ferry: 0 of 3 solved\n")
    book.mine.write_text(solved(ROOM), "utf-8")
    done = run(book, "check", "room")
    assert done.returncode == 0
    assert done.stdout == "✓ predict room: solved\n"
    assert run(book, "check", "free").returncode == 1
    state = json.loads(book.state.read_text("utf-8"))
    assert state["chapters"]["ferry"]["room"]["state"] == "solved"
    assert state["current"] == {"chapter": "ferry", "exercise": "free"}


def test_hints_come_in_turn(book: Workspace) -> None:
    assert "1. Count the decks." in run(book, "hint", "room").stdout
    said = run(book, "hint").stdout
    assert "1. Count the decks." in said
    assert "2. Four times ten." in said
    assert "There are no more hints. Our solution: workbook solution room" in run(book, "hint").stdout
    assert "1. It forgets the cars." in run(book, "hint", "free").stdout


def test_a_solution_is_kept_back_until_one_solves_or_insists(book: Workspace) -> None:
    refused = run(book, "solution", "room")
    assert refused.returncode == 1
    assert "room is not solved yet. `workbook hint room` helps you on" in refused.stderr
    assert "Ok(40)" not in refused.stdout
    shown = run(book, "solution", "room", "--anyway")
    assert "Ok(40)" in shown.stdout
    assert "There is no race, since yours is not solved yet." in shown.stdout
    remember(book, room="solved")
    assert "Solved already: room." in run(book, "solution", "free").stderr


def test_a_solved_exercise_is_raced_against_ours(book: Workspace) -> None:
    book.mine.write_text(solved(ROOM), "utf-8")
    run(book, "check")
    done = run(book, "solution", "room")
    assert done.returncode == 0
    assert "It has four decks of ten." in done.stdout
    assert {"yours", "ours"} <= {line.partition(" ")[0] for line in done.stdout.splitlines()}


def test_reset_keeps_what_was_written_and_is_not_done_unasked(book: Workspace) -> None:
    text = solved("41")
    book.mine.write_text(text, "utf-8")
    remember(book, room="solved")
    refused = run(book, "reset", "room")
    assert refused.returncode == 1
    assert "If that is what you want, add --yes." in refused.stderr
    assert book.mine.read_text("utf-8") == text
    done = run(book, "reset", "room", "--yes")
    assert "What you wrote is kept in rust_examples/ferry/src/mine.1.rs" in done.stdout
    assert book.mine.read_text("utf-8") == STUBS
    assert book.mine.with_name("mine.1.rs").read_text("utf-8") == text
    assert "· room    not started" in run(book, "list").stdout
    assert "There is nothing to put back" in run(book, "reset", "ferry", "--yes").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="BROWSER takes no path with backslashes")
def test_open_names_the_page_and_hands_it_to_the_browser(book: Workspace) -> None:
    unbuilt = run(book, "open", "harbour")
    assert unbuilt.returncode == 1
    assert "the page of harbour is not built yet: run make book" in unbuilt.stderr
    book.write("_build/html/book/harbour.html", "<p>A harbour")
    opened = book.root / "opened"
    book.write("browser.py", f"import sys; open({str(opened)!r}, 'w').write(sys.argv[1])\n")
    browser = f"{sys.executable} {book.root / 'browser.py'} %s"
    for name in ("harbour", "tides"):
        opened.unlink(missing_ok=True)
        done = run(book, "open", name, BROWSER=browser)
        address = (book.root / "_build/html/book/harbour.html").as_uri()
        assert done.stdout == f"Here it is: {address}\n"
        assert opened.read_text("utf-8") == address


def test_open_lab_starts_jupyterlab_with_the_chapter(book: Workspace) -> None:
    book.write("fake/jupyterlab.py", "import sys; print('lab', *sys.argv[1:])\n")
    path = os.pathsep.join([str(book.root / "fake"), str(book.root)])
    program = (
        "from workbook import crates\n"
        "crates.ensure = lambda *_: []\n"
        "from workbook.__main__ import main\n"
        "main(['open', 'tides', '--lab'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=book.root,
        env=book.environment | {"PYTHONPATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout == f"lab {book.root / 'book' / 'harbour.md'}\n"


def test_what_a_build_says_stays_on_its_line_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    said = " ".join(["a_crate is older than [its] sources: building it …"] * 3)
    monkeypatch.setattr("workbook.crates.ensure", lambda found, say: say(said))
    assert CliRunner().invoke(command.main, ["crates"]).output == f"{said}\n"


def test_two_checks_at_once_both_answer(book: Workspace) -> None:
    book.mine.write_text(solved(ROOM), "utf-8")
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: run(book, "check"), range(2)))
    assert [one.stdout.splitlines()[:1] for one in both] == [["ferry: 1 of 3 solved"]] * 2, both


def test_help_shows_the_readers_commands_first() -> None:
    said = CliRunner().invoke(command.main, []).output
    order = [
        "Exercises:",
        "list",
        "check",
        "watch",
        "hint",
        "solution",
        "reset",
        "open",
        "The book:",
        "build",
    ]
    places = [said.index(f"\n  {word} " if word.islower() else word) for word in order]
    assert places == sorted(places)
