"""Exercises: their panels on the page, and the verdict on what a reader wrote."""

from __future__ import annotations

import doctest
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.text import Text

from workbook import cases
from workbook.crates import BuildError, building, environment, require_cargo
from workbook.layout import Crate
from workbook.rust import Item, NoSuchItemError, crate_of, fenced, folded, items

MINUTES = {"predict": 2, "repair": 8, "build": 15}
"""The ladder: the kinds of exercises in their order, and how long each takes."""

LIMIT = 10.0
"""Seconds that the cases of one exercise may take."""


class ExerciseError(ValueError):
    """An exercise that is not written as the others are: which, where, and what to mend."""


@dataclass(frozen=True)
class Exercise:
    """One exercise, with what is told about it at once and what only later."""

    crate: Crate
    kind: str
    stub: Item
    solution: Item
    hints: tuple[str, str]
    misconceptions: dict[str, str]
    """What a known misconception yields, and what to say about it."""

    @property
    def name(self) -> str:
        """The function to write."""
        return self.stub.name

    @property
    def doc(self) -> str:
        """The task in words, its cases as doctest examples among them."""
        return re.sub(r"^\w+:\s*", "", self.stub.doc)

    @property
    def total(self) -> int:
        """How many cases there are."""
        return sum(bool(example.want) for example in doctest.DocTestParser().get_examples(self.doc))

    @property
    def explanation(self) -> str:
        """Why the solution is one."""
        return re.split(r"^# ", self.solution.doc, maxsplit=1, flags=re.MULTILINE)[0].strip()

    def misconception(self, got: str) -> str | None:
        """What to say where a case yields `got`: the whole of it, or the exception's type."""
        name = got.partition(":")[0]
        return self.misconceptions.get(got) or self.misconceptions.get(
            "PanicException" if name == "panicked" else name
        )

    def __repr__(self) -> str:
        return f"{self.kind.capitalize()}, {MINUTES[self.kind]} minutes: {self.name}\n\n{self.doc}"

    def _repr_markdown_(self) -> str:
        solution = f"{self.explanation}\n\n{fenced(self.solution.code, 'rust')}"
        return "\n".join(
            [
                f"**{self.kind.capitalize()}, {MINUTES[self.kind]} minutes:** `{self.name}`\n",
                f"{_with_cases(self.doc)}\n",
                f"{fenced(self.stub.code, 'rust')}\n",
                folded("A first hint", self.hints[0]),
                folded("A second hint", self.hints[1]),
                folded("A solution", solution),
            ]
        )


def _with_cases(doc: str) -> str:
    """The task as Markdown: its examples fenced, neighbours together."""
    blocks = [(text.startswith(">>>"), text) for text in re.split(r"\n[ \t]*\n", doc)]
    merged: list[tuple[bool, str]] = []
    for is_case, text in blocks:
        if is_case and merged and merged[-1][0]:
            merged[-1] = (True, f"{merged[-1][1]}\n\n{text}")
        else:
            merged.append((is_case, text))
    return "\n\n".join(fenced(text, "pycon") if is_case else text for is_case, text in merged)


def exercises(crate: Crate) -> list[Exercise]:
    """The exercises of a crate, in their order. Raises `ExerciseError` where one is not written as agreed."""
    stubs = functions(crate, "exercises")
    solutions = functions(crate, "solutions")
    return [_exercise(crate, stub, solutions.get(name)) for name, stub in stubs.items()]


def functions(crate: Crate, stem: str, within: str | None = None) -> dict[str, Item]:
    """The functions that the submodule of a file shows to Python, by name."""
    file = crate.folder / "src" / f"{stem}.rs"
    if not file.exists():
        return {}
    module = ("crate", stem, within or stem)
    shown = [
        item for item in items(file, module[:2]) if item.path[:-1] == module and "#[pyfunction" in item.text
    ]
    return {item.name: item for item in shown}


def _exercise(crate: Crate, stub: Item, solution: Item | None) -> Exercise:
    def bad(where: str, what: str) -> ExerciseError:
        return ExerciseError(f"rust_examples/{crate.slug}/src/{where}.rs, {stub.name}: {what}")

    kind = stub.doc.partition(":")[0].lower()
    if kind not in MINUTES:
        raise bad("exercises", "its doc comment begins with 'Predict:', 'Repair:' or 'Build:'.")
    if ">>> " not in stub.doc:
        raise bad("exercises", "it has no case: give its doc comment examples that begin with '>>>'.")
    if solution is None:
        raise bad("solutions", "there is no solution of this name.")
    sections = dict(re.findall(r"^# (\w+)\n(.*?)(?=^# |\Z)", solution.doc, re.MULTILINE | re.DOTALL))
    hints = [
        " ".join(hint.split())
        for hint in re.split(r"^\d+\. ", sections.get("Hints", ""), flags=re.MULTILINE)[1:]
    ]
    if len(hints) != 2:
        raise bad("solutions", f"it needs exactly two hints, numbered under '# Hints', and has {len(hints)}.")
    known = re.findall(
        r"^- (`+)(.+?)\1: (.*?)(?=^- `|\Z)", sections.get("Misconceptions", ""), re.MULTILINE | re.DOTALL
    )
    misconceptions = {got: " ".join(sentence.split()) for _, got, sentence in known}
    return Exercise(crate, kind, stub, solution, (hints[0], hints[1]), misconceptions)


def exercise(subject: ModuleType | str | Crate, name: str) -> Exercise:
    """The panel of one exercise: task, cases, stub, two hints and a solution, these folded away."""
    crate = crate_of(subject)
    known = {one.name: one for one in exercises(crate)}
    if name not in known:
        raise NoSuchItemError(
            f"There is no exercise '{name}' in {crate.slug}; there is {', '.join(known) or 'none'}."
        )
    return known[name]


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


@dataclass(frozen=True)
class Verdict:
    """What became of one exercise."""

    exercise: Exercise
    cases: tuple[Case, ...]
    missing: bool = False
    """Whether the module has no such function."""
    untouched: bool = False
    """Whether the reader's function is the stub as it was."""

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
            source = f"rust_examples/{self.exercise.crate.slug}/src/exercises.rs"
            return [
                ("no function", f"{self.exercise.name}: copy its stub from {source}, #[pyfunction] included")
            ]
        case = self.failure
        if case is None or self.state == "not started":
            return []
        if case.answer is not None:
            told = [("case", case.source), ("yours", case.answer)]
        else:
            expected = [("expected", case.expected)] if case.counted else []
            told = [("case", case.source), *expected, ("got", case.got or "")]
        remark = self.exercise.misconception(case.answer or case.got or "")
        return [*told, ("why", remark)] if remark else told


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

    @property
    def solved(self) -> bool:
        """Whether all is solved."""
        return self.problem is None and all(verdict.solved for verdict in self.verdicts)

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
                return f"Next: {verdict.exercise.name}, in {_mine(self.crate)}{f':{line}' if line else ''}"
        return f"Now compare yours with rust_examples/{self.crate.slug}/src/solutions.rs."

    def __rich__(self) -> Text:
        lines = [Text(self.headline, "bold")]
        for verdict in self.verdicts:
            mark, style = _MARKS.get(verdict.state, _MARKS["failed"])
            one = verdict.exercise
            lines.append(
                Text(f"  {mark} ", style).append(f"{one.kind:7} {one.name}: ").append(verdict.state, style)
            )
            for heading, text in verdict.details():
                first, *more = text.splitlines() or [""]
                lines.append(Text(f"      {heading:<9} ", "dim").append(first, "default"))
                lines += [Text(f"{'':16}{line}") for line in more]
        if self.said:
            lines.append(Text.from_ansi(self.said))
        lines.append(Text(self.advice, "dim"))
        report = Text("\n").join(lines)
        report.no_wrap, report.overflow = (
            True,
            "ignore",
        )  # the terminal wraps, and rustc's drawings stay whole
        return report

    def __str__(self) -> str:
        return self.__rich__().plain

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows = "".join(_row(verdict) for verdict in self.verdicts)
        said = (
            f"<pre style='{_PRE}'>{html.escape(Text.from_ansi(self.said).plain)}</pre>" if self.said else ""
        )
        return (
            f"<div class='exercise-report' style='{_PANEL}'>"
            f"<div><strong>{html.escape(self.headline)}</strong></div>"
            f"{rows}{said}<div style='margin-top:.4em'>{html.escape(self.advice)}</div></div>"
        )


_DOCTOR = "`workbook doctor` says what is missing; then check again."
_MARKS = {"solved": ("✓", "green"), "not started": ("·", "dim"), "failed": ("✗", "red")}
_PANEL = "border:1px solid currentColor;border-radius:.4em;padding:.6em .9em;overflow-wrap:anywhere"
_PRE = (
    "margin:.2em 0 .2em 1.6em;padding:0;background:none;border:0;color:inherit;"
    "white-space:pre-wrap;font-size:.9em"
)


def _row(verdict: Verdict) -> str:
    mark, _ = _MARKS.get(verdict.state, _MARKS["failed"])
    one, details = verdict.exercise, dict(verdict.details())
    why = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(details.pop("why", "")))
    facts = "\n".join(
        f"{heading:<9} " + text.replace("\n", "\n" + " " * 10) for heading, text in details.items()
    )
    return (
        f"<div><span style='display:inline-block;width:1.6em'>{mark}</span>{one.kind} "
        f"<code>{one.name}</code>: {html.escape(verdict.state)}</div>"
        + (f"<pre style='{_PRE}'>{html.escape(facts)}</pre>" if facts else "")
        + (f"<div style='margin-left:1.6em'>{why}</div>" if why else "")
    )


def check(subject: ModuleType | str | Crate, limit: float = LIMIT) -> Report:
    """Compile the reader's `mine.rs` and run the cases of every exercise on it.

    Makes `mine.rs` from the stubs where there is none, and never writes to one that exists. Nothing is
    installed, and no code of the reader's runs in this process. `limit` is in seconds, for each exercise.
    """
    crate = crate_of(subject)
    chosen = exercises(crate)
    with tempfile.TemporaryDirectory(prefix="pyrust-book-", ignore_cleanup_errors=True) as scratch:
        try:
            _build_mine(crate, Path(scratch))
            verdicts = _judge(chosen, "exercises", scratch, limit)
        except _UnusableError as error:
            remedy = error.remedy or f"Mend {_mine(crate)} and check again."
            return Report(crate, problem=error.problem, said=error.said, remedy=remedy)
    own = functions(crate, "mine", within="exercises")
    return Report(
        crate,
        tuple(
            replace(one, untouched=_same(own.get(one.exercise.name), one.exercise.stub)) for one in verdicts
        ),
        lines={name: item.last - item.code.count("\n") + 1 for name, item in own.items()},
    )


def run_exercises(subject: ModuleType | str | Crate, submodule: str, limit: float = LIMIT) -> list[Verdict]:
    """Run the cases on the installed crate's own `exercises` or `solutions`, in a process of their own."""
    try:
        return _judge(exercises(crate_of(subject)), submodule, None, limit)
    except _UnusableError as error:
        raise BuildError(f"{error.problem}\n{error.said}".strip()) from None


class _UnusableError(Exception):
    """A library that no case can be run on."""

    def __init__(self, problem: str, said: str, remedy: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.said = said
        self.remedy = remedy


def _mine(crate: Crate) -> str:
    return f"rust_examples/{crate.slug}/src/mine.rs"


def _same(mine: Item | None, stub: Item) -> bool:
    return mine is not None and mine.code.split() == stub.code.split()


def _build_mine(crate: Crate, folder: Path) -> None:
    """Compile the crate with the reader's file in place of the stubs, and unpack its module into `folder`."""
    try:
        require_cargo()
    except BuildError as error:
        raise _UnusableError("there is no Rust here", str(error), _DOCTOR) from None
    options = ["--release", "--features=mine", "--auditwheel=skip"]
    command = [sys.executable, "-m", "maturin", "build", *options]
    with building(crate):
        mine = crate.folder / "src" / "mine.rs"
        if not mine.exists():
            shutil.copyfile(crate.folder / "src" / "exercises.rs", mine)
        ended = subprocess.run(
            [*command, "-i", sys.executable, "-m", str(crate.manifest), "-o", str(folder)],
            env=environment() | {"CARGO_TERM_COLOR": "always"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    if ended.returncode != 0:
        raise _compiler_error(ended.stderr)
    for wheel in folder.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)


def _compiler_error(said: str) -> _UnusableError:
    """What went wrong, with rustc's first error in its colours; else with the end of what was said."""
    colour = r"(?:\x1b\[[0-9;]*m)*"
    error = rf"^{colour}error(?:\[|{colour}: (?!could not compile)).*?(?=\n\n|\Z)"
    match = re.search(error, said, re.MULTILINE | re.DOTALL)
    if match is None:
        return _UnusableError("could not be built", "\n".join(said.strip().splitlines()[-12:]), _DOCTOR)
    place = re.search(r"--> (\S+?:\d+)", Text.from_ansi(match[0]).plain)
    return _UnusableError(f"does not compile{f', at {place[1]}' if place else ''}", match[0])


def _judge(chosen: Sequence[Exercise], submodule: str, folder: str | None, limit: float) -> list[Verdict]:
    """Run all cases in one process; where one exercise brings it down, the rest in another."""
    verdicts: list[Verdict] = []
    while len(verdicts) < len(chosen):
        todo = chosen[len(verdicts) :]
        events, death = _child(todo, submodule, folder, limit)
        seen = _fold(todo, events, death)
        if not seen:
            raise _UnusableError("compiles, but cannot be imported", _unloadable(events) or death or "")
        verdicts += seen
    return verdicts


def _unloadable(events: Sequence[Mapping[str, Any]]) -> str | None:
    return next((event["unloadable"] for event in events if "unloadable" in event), None)


def _child(
    chosen: Sequence[Exercise], submodule: str, folder: str | None, limit: float
) -> tuple[list[dict[str, Any]], str | None]:
    """What the process told, and how it died, where it did not come to its end."""
    with tempfile.TemporaryDirectory(prefix="pyrust-book-", ignore_cleanup_errors=True) as scratch:
        file = Path(scratch, "events")
        job = {
            "slug": chosen[0].crate.slug,
            "submodule": submodule,
            "folder": folder,
            "limit": limit,
            "events": str(file),
            "exercises": [{"name": one.name, "doc": one.doc} for one in chosen],
        }
        code: int | None
        quiet = {name: value for name, value in os.environ.items() if name != "RUST_BACKTRACE"}
        try:
            ended = subprocess.run(
                [sys.executable, "-I", "-X", "utf8", cases.__file__],
                input=json.dumps(job),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env=quiet,
                cwd=scratch,
                timeout=limit * (len(chosen) + 1) + 30,
            )
            code, said = ended.returncode, ended.stderr
        except subprocess.TimeoutExpired:
            code, said = None, ""
        told = file.read_text("utf-8").splitlines() if file.exists() else []
    events = [json.loads(line) for line in told if line.startswith("{")]
    if any("done" in event or "unloadable" in event for event in events):
        return events, None
    if code is None or any(line.startswith(cases.TIMED_OUT) for line in told):
        return events, f"no answer within {limit:g} s: is there a loop without an end?"
    return events, _death(code, said)


def _death(code: int, said: str) -> str:
    """How a process ended that should not have, with what Rust or Python said last."""
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
    known = {member.value for member in signal.Signals}
    how = f"by {signal.Signals(-code).name}" if -code in known else f"with exit code {code}"
    return f"Python itself was ended {how}" + (f": {last.strip()}" if last else "")


def _fold(
    chosen: Sequence[Exercise], events: Sequence[Mapping[str, Any]], death: str | None
) -> list[Verdict]:
    """The verdicts on those exercises that were begun; a death is the failure of the case that it met."""
    verdicts: list[Verdict] = []
    for event in events:
        if "exercise" in event:
            verdicts.append(Verdict(chosen[len(verdicts)], ()))
        elif "missing" in event:
            verdicts[-1] = replace(verdicts[-1], missing=True)
        elif "begins" in event:
            case = Case(event["begins"], event["expected"], event["counted"], got=death or "nothing")
            verdicts[-1] = replace(verdicts[-1], cases=(*verdicts[-1].cases, case))
        elif "passes" in event:
            *before, case = verdicts[-1].cases
            case = replace(case, got=event.get("got"), answer=event.get("answer"))
            verdicts[-1] = replace(verdicts[-1], cases=(*before, case))
    return verdicts
