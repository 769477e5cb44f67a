"""Verdicts on what a reader wrote: what is told, in the terminal and in the notebook."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rich.text import Text

from workbook import mine
from workbook.exercises import Exercise
from workbook.layout import Crate


@dataclass(frozen=True)
class Case:
    """One example of an exercise that was run, and what came of it."""

    source: str
    expected: str
    counted: bool
    """Whether it expects something; else it only prepares those that follow."""
    got: str | None = None
    """What came instead; None where it passed."""
    answer: str | None = None
    """The reader's own value, where the case compares it with the truth."""
    printed: str = ""
    """What the reader's code printed meanwhile."""
    place: str | None = None
    """Where it panicked: path, line and column."""

    @property
    def answers(self) -> bool:
        """Whether a value or an exception came instead, to be compared with what was expected."""
        return self.got is not None and plainly(self.got) is None


@dataclass(frozen=True)
class Verdict:
    """What became of one exercise."""

    exercise: Exercise
    cases: tuple[Case, ...]
    missing: bool = False
    """Whether the module has no such function."""
    untouched: bool = False
    """Whether the reader's function is the stub as it was."""
    warnings: tuple[str, ...] = ()
    """What the compiler remarks on the reader's function, each in a line with its place."""

    @property
    def passed(self) -> int:
        """How many cases passed."""
        return sum(case.counted and case.got is None for case in self.cases)

    @property
    def failure(self) -> Case | None:
        """The first case that failed."""
        return next((case for case in self.cases if case.got is not None), None)

    @property
    def solved(self) -> bool:
        """Whether every case was run and passed."""
        return self.failure is None and self.passed == self.exercise.total

    @property
    def state(self) -> str:
        """The verdict in a word or two: `solved`, `missing`, `not started`, `2 of 5`."""
        if self.solved:
            return "solved"
        if self.missing:
            return "missing"
        return "not started" if self.untouched else f"{self.passed} of {self.exercise.total}"

    def details(self) -> list[tuple[str, str]]:
        """What to tell beside the state, as pairs of a heading and a text."""
        if self.missing:
            source = mine.shown(self.exercise.crate, "exercises.rs")
            return [
                ("no function", f"{self.exercise.name}: copy its stub from {source}, #[pyfunction] included")
            ]
        case = self.failure
        if case is None or self.state == "not started":
            return []
        told = [("case", case.source)]
        if case.answer is not None:
            told.append(("yours", shortened(case.answer)))
        elif case.counted and case.answers:
            expected, got = compared(case.expected, case.got or "")
            told += [("expected", expected), ("got", got)]
        else:
            told += [("expected", case.expected)] if case.counted else []
            told.append(("got", shortened(case.got or "")))
        if case.place and (case.got or "").startswith("panicked"):
            told.append(("at", case.place))
        if case.printed:
            told.append(("printed", case.printed))
        remark = self.exercise.misconception(case.answer or case.got or "") or plainly(case.got or "")
        return [*told, ("why", remark)] if remark else told

    def __rich__(self) -> Text:
        return _joined([*_lines(self), *map(_warning, self.warnings)])

    def __str__(self) -> str:
        return self.__rich__().plain

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Report:
    """What became of a chapter's exercises: the verdict on each, or why none could be run."""

    crate: Crate
    verdicts: tuple[Verdict, ...] = ()
    problem: str | None = None
    """Why nothing was run, in a few words."""
    said: str = ""
    """What the compiler said about it, in its colours."""
    remedy: str = ""
    """What to do about it."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Where each exercise stands in the reader's file."""
    warnings: tuple[str, ...] = ()
    """What the compiler remarks on the whole file, each in a line with its place."""

    @property
    def solved(self) -> bool:
        """Whether all is solved."""
        return self.problem is None and all(verdict.solved for verdict in self.verdicts)

    def verdict(self, name: str) -> Verdict:
        """The verdict on one exercise. Raises `KeyError` where there is none."""
        return {verdict.exercise.name: verdict for verdict in self.verdicts}[name]

    @property
    def headline(self) -> str:
        """The verdict in a line."""
        if self.problem:
            return f"{self.crate.slug}: {self.problem}"
        done = sum(verdict.solved for verdict in self.verdicts)
        return f"{self.crate.slug}: {done} of {len(self.verdicts)} solved"

    @property
    def advice(self) -> str:
        """What to do next, and where."""
        if self.problem:
            return self.remedy
        for verdict in self.verdicts:
            if not verdict.solved:
                line = self.lines.get(verdict.exercise.name)
                return (
                    f"Next: {verdict.exercise.name}, in {mine.shown(self.crate)}{f':{line}' if line else ''}"
                )
        return f"Now compare yours with {mine.shown(self.crate, 'solutions.rs')}."

    def __rich__(self) -> Text:
        lines = [Text(self.headline, "bold")]
        for verdict in self.verdicts:
            lines += [Text("  ") + line for line in _lines(verdict)]
        if self.said:
            lines.append(Text.from_ansi(self.said))
        lines += map(_warning, self.warnings)
        if self.problem:
            lines.append(Text(""))
        lines.append(Text(self.advice, "default" if self.problem else "dim"))
        return _joined(lines)

    def __str__(self) -> str:
        return self.__rich__().plain

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from workbook import panels  # that module shows what is defined here

        return panels.panel(self)


MARKS = {"solved": ("✓", "green"), "not started": ("·", "dim"), "failed": ("✗", "red")}
"""How a state is marked, and in which colour or style."""

_WIDTH, _LINES, _FAR = 64, 8, 8


def _lines(verdict: Verdict) -> Iterator[Text]:
    """One exercise in the terminal: its state, and below it what led to that."""
    mark, style = MARKS.get(verdict.state, MARKS["failed"])
    one = verdict.exercise
    yield Text(f"{mark} ", style).append(f"{one.kind:7} {one.name}: ", "default").append(verdict.state, style)
    for heading, text in verdict.details():
        written = textwrap.wrap(text, _WIDTH) if heading == "why" else text.splitlines()
        first, *more = written or [""]
        yield Text(f"    {heading:<9} ", "dim").append(first, "default")
        yield from (Text(f"{'':14}{line}") for line in more)


def _warning(text: str) -> Text:
    return Text("warning: ", "yellow").append(text, "default")


def _joined(lines: list[Text]) -> Text:
    """All lines, to be wrapped by the terminal alone, so that rustc's drawings stay whole."""
    whole = Text("\n").join(lines)
    whole.no_wrap, whole.overflow = True, "ignore"
    return whole


def shortened(text: str) -> str:
    """A value of any length, in lines that fit."""
    lines = text.splitlines() or [""]
    more = [f"… {len(lines) - _LINES} more lines"] if len(lines) > _LINES else []
    return "\n".join([*(_cut(line) for line in lines[:_LINES]), *more])


def compared(expected: str, got: str) -> tuple[str, str]:
    """Two values so that the eye finds where they differ: from the same place on, with a mark below."""
    if "".join(expected.split()) == "".join(got.split()):
        expected, got = (text.replace(" ", "·").replace("\t", "→") for text in (expected, got))
    ours, theirs = expected.splitlines() or [""], got.splitlines() or [""]
    pairs = zip(ours, theirs, strict=False)
    row = next((row for row, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))
    both = row < len(ours) and row < len(theirs)
    column = _alike(ours[row], theirs[row]) if both else 0
    long = both and max(len(ours[row]), len(theirs[row])) > _WIDTH
    start = max(column - _WIDTH // 2, 0) if long else 0
    mark = " " * (column - start + bool(start)) + "^"
    return (
        _window(ours, row, start),
        _window(theirs, row, start, mark if both and column >= _FAR else None),
    )


def _alike(one: str, other: str) -> int:
    """How many characters two lines have in common, from the left."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _window(lines: list[str], row: int, start: int, mark: str | None = None) -> str:
    """The lines around one of them, which is cut at `start` and may have a mark below."""
    first = max(row - _LINES // 2, 0)
    shown = [f"… {first} lines alike"] if first else []
    for number, line in enumerate(lines[first : first + _LINES], first):
        shown.append(_cut(line, start if number == row else 0))
        if mark is not None and number == row:
            shown.append(mark)
    if (more := len(lines) - first - _LINES) > 0:
        shown.append(f"… {more} more lines")
    return "\n".join(shown)


def _cut(line: str, start: int = 0) -> str:
    """As much of a line as fits."""
    end = "…" if len(line) > start + _WIDTH else ""
    return f"{'…' if start else ''}{line[start : start + _WIDTH]}{end}"


_ENDINGS = {
    r"no answer within": ("Is there a loop without an end, or does it wait for something that never comes?"),
    r"it wanted more than \d+ GB": "Is there a list that never stops growing?",
    r"it printed or wrote more than": "Is there a loop without an end?",
    r"Python itself was ended by (?:SIGSEGV|SIGBUS|stack overflow|access violation)": (
        "It touched memory that is not there. "
        "A function that calls itself without end does that, and so does a wrong `unsafe`."
    ),
    r"Python itself was ended with": "`std::process::exit` ends Python as well: return instead.",
    r"Python itself was ended": (
        "`abort` ends Python as well, and so does a panic while another is under way."
    ),
    r"panicked: called `Option::unwrap\(\)` on a `None`": (
        "There was nothing to unwrap, so Rust gave up. "
        "Handle `None` first, with `match`, `unwrap_or(…)` or `ok_or_else(…)?`."
    ),
    r"panicked: called `Result::unwrap\(\)` on an `Err`": (
        "There was an error in place of a value, so Rust gave up. "
        "`?` hands the error on, and `match` handles it."
    ),
    r"panicked: attempt to": (
        "The result does not exist, or does not fit, so Rust gave up. "
        "Look first, or let a `checked_…` method say `None`."
    ),
    r"panicked: (?:index|range|byte index|start byte|end byte|slice)": (
        "There is nothing at that position, so Rust gave up. `get(…)` says `None` in that case."
    ),
    r"panicked": (
        "A panic is Rust giving up, over what it takes for a bug. Handle the case, or return an error."
    ),
}
"""What to say of a case that came to no answer, by how it begins."""


def plainly(got: str) -> str | None:
    """What happened, in plain words, where the case came to no answer; None where it came to one."""
    return next((told for begin, told in _ENDINGS.items() if re.match(begin, got)), None)
