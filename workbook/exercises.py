"""Exercises: what one is, where it is written, and its panel on the page."""

from __future__ import annotations

import doctest
import re
from dataclasses import dataclass
from types import ModuleType

from workbook.layout import Crate
from workbook.rust import Item, NoSuchItemError, crate_of, fenced, folded, items

MINUTES = {"predict": 2, "repair": 8, "build": 15}
"""The ladder: the kinds of exercises in their order, and how long each takes."""


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
