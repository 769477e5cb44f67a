"""What is remembered of a reader's way through the exercises: verdicts, hints taken, and where they are.

It stands in `progress.json`, beside the book, where git ignores it. It is only a memory: without the file
`check` finds everything again but the hints. So a file that cannot be read costs a sentence, and one that
cannot be written costs another; neither stops a command.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from doctest import DocTestParser
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

from filelock import FileLock

from workbook import judging
from workbook.exercises import Exercise
from workbook.files import beside
from workbook.layout import BUILD, ROOT, Crate
from workbook.verdicts import Report

FILE = ROOT / "progress.json"
"""Where it is kept. What a newer workbook wrote into it, and what is told of other chapters, stays there."""

LOCK = BUILD / "progress.lock"
"""Held while the file is read and written, so that two programs at once lose nothing."""

CHANGED = "changed"
"""The state of an exercise whose stub or cases are no longer those that the verdict was on."""

Say: TypeAlias = Callable[[str], object]


@dataclass(frozen=True)
class Standing:
    """How far a reader is with one exercise, as far as it is remembered."""

    state: str
    """The last verdict, as `Verdict.state` has it, or `changed`; `not started` where there is none."""
    hints: int
    """How many hints were taken."""

    @property
    def solved(self) -> bool:
        """Whether the last verdict was that it is solved, and holds still."""
        return self.state == "solved"


class Progress:
    """The memory, as it was read. What is changed in it is kept by `editing` alone."""

    def __init__(self, data: dict[str, Any] | None = None) -> None:
        self.data = data if data is not None else {}

    @property
    def current(self) -> tuple[str, str | None] | None:
        """The chapter that the reader was at last, and the exercise."""
        at = self.data.get("current")
        return (at["chapter"], at.get("exercise")) if at else None

    def move(self, chapter: str, exercise: str | None) -> None:
        """Remember where the reader is."""
        self.data["current"] = {"chapter": chapter, "exercise": exercise}

    def of(self, exercise: Exercise) -> Standing:
        """What is remembered of an exercise."""
        known = self.data.get("chapters", {}).get(exercise.crate.slug, {}).get(exercise.name, {})
        state = str(known.get("state", "not started"))
        if "state" in known and known.get("digest") != digest(exercise):
            state = CHANGED
        return Standing(state, max(0, min(known.get("hints", 0), len(exercise.hints))))

    def keep(self, report: Report) -> None:
        """Remember the verdicts. Where nothing could be run there are none, and all stays as it was."""
        for verdict in report.verdicts:
            entry = self._entry(verdict.exercise)
            entry.update(state=verdict.state, digest=digest(verdict.exercise))

    def forget(self, exercise: Exercise) -> None:
        """Forget the verdict on an exercise, since what it was on is gone. The hints stay taken."""
        self._entry(exercise).pop("state", None)

    def take_hint(self, exercise: Exercise) -> list[str]:
        """Take the next hint, where there is one, and return all that are taken."""
        taken = min(self.of(exercise).hints + 1, len(exercise.hints))
        self._entry(exercise)["hints"] = taken
        return list(exercise.hints[:taken])

    def _entry(self, exercise: Exercise) -> dict[str, Any]:
        chapters = self.data.setdefault("chapters", {})
        entry: dict[str, Any] = chapters.setdefault(exercise.crate.slug, {}).setdefault(exercise.name, {})
        return entry


def check(subject: ModuleType | str | Crate) -> Report:
    """Say how far you are with a chapter's exercises, in a notebook: as `workbook check` does, and remembers.

    The first time, this lays down the file to write in, `mine.rs`.
    """
    report = judging.check(subject)
    with editing() as memory:
        memory.keep(report)
    return report


def digest(exercise: Exercise) -> str:
    """What a verdict is a verdict on: the stub's code and the cases. Words and blanks do not count."""
    cases = [(one.source, one.want) for one in DocTestParser().get_examples(exercise.doc)]
    return hashlib.sha256(repr((exercise.stub.code.split(), cases)).encode()).hexdigest()[:16]


def read(say: Say = print) -> Progress:
    """What is remembered. Tells `say` where the file is broken, and sets it aside."""
    with _held():
        return _read(say)


@contextmanager
def editing(say: Say = print) -> Iterator[Progress]:
    """What is remembered, to be changed; at the end it is written, whole or not at all.

    Nothing that takes long belongs into this block: another command waits for it.
    """
    with _held():
        progress = _read(say)
        yield progress
        try:
            _write(progress)
        except OSError as error:
            say(f"{FILE.name} cannot be written ({error.strerror}), so this is not remembered.")


@contextmanager
def _held() -> Iterator[None]:
    with ExitStack() as stack:
        with suppress(OSError):  # where nothing can be written, nothing needs to be guarded
            LOCK.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(FileLock(LOCK))
        yield


def _read(say: Say) -> Progress:
    try:
        data = json.loads(FILE.read_bytes())
        if _sound(data):
            return Progress(data)
    except FileNotFoundError:
        return Progress()
    except (OSError, ValueError):
        pass
    try:
        aside = _free_name()
        FILE.replace(aside)
        say(f"{FILE.name} could not be understood; it is now {aside.name}. `workbook check` finds all again.")
    except OSError as error:
        say(f"{FILE.name} cannot be read ({error.strerror}), so nothing is remembered.")
    return Progress()


def _sound(data: Any) -> bool:
    """Whether everything that we look at has the shape that we give it."""
    match data:
        case {"current": {"chapter": str(), "exercise": str() | None}}:
            pass
        case dict() if "current" not in data:
            pass
        case _:
            return False
    chapters = data.get("chapters", {})
    return isinstance(chapters, dict) and all(
        isinstance(entries, dict)
        and all(isinstance(one, dict) and isinstance(one.get("hints", 0), int) for one in entries.values())
        for entries in chapters.values()
    )


def _free_name() -> Path:
    number = 1
    while (path := FILE.with_name(f"progress.{number}.json")).exists():
        number += 1
    return path


def _write(progress: Progress) -> None:
    text = json.dumps(progress.data, indent=2, ensure_ascii=False) + "\n"
    with beside(FILE) as part:
        part.write_text(text, "utf-8")
        part.replace(FILE)
