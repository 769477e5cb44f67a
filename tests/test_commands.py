"""What the `workbook` command says, and that it says it in sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

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
