"""What the races of the book advise: where Rust gained, by kind of work and by how long a call takes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from workbook import layout, plots, records
from workbook.gluing import glue
from workbook.results import Outcome, Race, RaceError, Scaling, check_name, slug, subject

BORDERS = (1e-6, 1e-4, 1e-2)
"""Seconds of a call at which the table begins a new row."""

OTHERS = "not sorted"
"""The kind of races that the page does not name."""

EMPTY = "no race is on record yet"

RIVALS = {"Python": plots.OTHER, "compiled code": plots.BASELINE}
"""What Rust was measured against, and its colour."""


@dataclass(frozen=True)
class Sorting:
    """What the page says of the races, which they do not know themselves."""

    kinds: Mapping[str, Collection[str]]
    """The names of races by the kind of their work. Each kind has a first letter of its own."""
    compiled: Collection[str]
    """The contenders, by label, that are neither Rust nor Python."""
    calls: Mapping[str, int]
    """How many calls a contender makes in one run, for races in which that is not one."""
    apart: Mapping[str, str]
    """In some races, a contender that is Rust and does less than the others."""

    def __post_init__(self) -> None:
        letters = [kind[:1].upper() for kind in (*self.kinds, OTHERS)]
        if "" in letters or len(set(letters)) < len(letters):
            raise RaceError("Each kind of work needs a first letter of its own, for the picture.")


@dataclass(frozen=True)
class Case:
    """A race at one size: the fastest Rust, and the fastest of what raced against it."""

    race: Race
    chapter: layout.Chapter
    sorting: Sorting
    size: int | None = None

    @property
    def kind(self) -> str:
        """The kind of its work."""
        found = (kind for kind, races in self.sorting.kinds.items() if self.race.name in races)
        return next(found, OTHERS)

    @property
    def rust(self) -> str:
        """The fastest contender that is Rust."""
        return self._fastest(self.race.rust - {self.sorting.apart.get(self.race.name)})

    @property
    def rival(self) -> str:
        """The fastest contender that is not."""
        return self._fastest(self.race.timings.keys() - self.race.rust)

    def _fastest(self, labels: Iterable[str]) -> str:
        return min(labels, key=lambda label: (self.race.timings[label].median, label))

    @property
    def seconds(self) -> float:
        """How long one call of the rival takes."""
        return self.race.timings[self.rival].median / self.sorting.calls.get(self.race.name, 1)

    @property
    def ratio(self) -> float:
        """How many times as fast Rust was: below 1 is slower."""
        return self.race.ratio(self.rust, self.rival)

    @property
    def outcome(self) -> Outcome:
        """Whether Rust won, lost or tied."""
        return self.race.outcome(self.rust, self.rival)

    @property
    def verdict(self) -> str:
        """The outcome in words, to follow "Rust" in a sentence."""
        return self.race.verdict(self.rust, self.rival)

    @property
    def against(self) -> str:
        """What the rival is: one of `RIVALS`."""
        return "compiled code" if self.rival in self.sorting.compiled else "Python"


@dataclass(frozen=True)
class Decisions:
    """All cases on record, and what they say of each kind of work and each length of a call."""

    name: str
    cases: Sequence[Case]
    sorting: Sorting

    @property
    def kinds(self) -> list[str]:
        """The kinds of work, and the rest."""
        return [*self.sorting.kinds, OTHERS]

    @property
    def defeats(self) -> list[Case]:
        """Of each race that Rust lost the size at which it did worst; the worst race first."""
        lost: dict[str, Case] = {}
        for case in sorted(self.cases, key=lambda case: case.ratio):
            if case.outcome == "lost":
                lost.setdefault(case.race.name, case)
        return list(lost.values())

    def of_kind(self, kind: str) -> list[Case]:
        """The cases of one kind."""
        return [case for case in self.cases if case.kind == kind]

    def against(self, rival: str) -> list[Case]:
        """The cases in which the fastest alternative was of that sort."""
        return [case for case in self.cases if case.against == rival]

    def of_length(self, low: float, high: float) -> list[Case]:
        """The cases in which a call of the rival takes so many seconds."""
        return [case for case in self.cases if low <= case.seconds < high]

    @property
    def lengths(self) -> list[tuple[str, list[Case]]]:
        """The cases by the length of a call, in words."""
        first, last = plots.seconds(BORDERS[0], 1), plots.seconds(BORDERS[-1], 1)
        within = [f"{plots.seconds(low, 1)} to {plots.seconds(high, 1)}" for low, high in pairwise(BORDERS)]
        words = [f"under {first}", *within, f"{last} and more"]
        ends = pairwise([0, *BORDERS, math.inf])
        return [(name, self.of_length(low, high)) for name, (low, high) in zip(words, ends, strict=True)]

    @property
    def summary(self) -> str:
        """How Rust fared in all of them."""
        return f"In {len(self.cases)} measurements Rust {fared(self.cases)}."

    def facts(self) -> dict[str, str]:
        """What the page's sentences can quote, by key."""
        races = {case.race.name: case for case in self.cases}  # of several sizes the largest
        named = [race for races in self.sorting.kinds.values() for race in races]
        facts = {f"{self.name}-{race}": "has not been raced in this build" for race in named}
        facts |= {f"{self.name}-{race}": case.verdict for race, case in races.items()}
        measured = f"{amount(len(self.cases), 'measurement')} in {amount(len(races), 'race')}"
        facts |= {f"{self.name}-measured": measured, f"{self.name}-fared": fared(self.cases)}
        facts |= {f"{self.name}-{slug(kind)}": fared(self.of_kind(kind)) for kind in self.kinds}
        facts |= {f"{self.name}-against-{slug(rival)}": fared(self.against(rival)) for rival in RIVALS}
        bounds = ("shortest", "short", "long", "longest")
        groups = zip(bounds, self.lengths, strict=True)
        return facts | {f"{self.name}-{bound}": fared(cases) for bound, (_, cases) in groups}

    def rows(self) -> list[tuple[str, ...]]:
        """The table: by kind, by what Rust was measured against, and by the length of a call."""
        groups = [(kind, self.of_kind(kind)) for kind in self.kinds]
        groups += [(f"against {rival}", self.against(rival)) for rival in RIVALS]
        groups += [(f"calls of {words}", cases) for words, cases in self.lengths]
        return [(name, *map(str, counted(cases).values()), spread(cases)) for name, cases in groups if cases]

    def __str__(self) -> str:
        if not self.cases:
            return f"{EMPTY.capitalize()}: build the book, and its decisions will stand here."
        return "\n".join([plots.plain_table(HEADINGS, self.rows()), "", self.summary])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self) -> str:
        """A figure: a letter for each case, the key, the table."""
        if not self.cases:
            return f"<p>{escape(str(self))}</p>"
        axes = (
            "To the right: how long one call of the best alternative takes. "
            "Upwards: how many times as fast Rust was."
        )
        marks = [
            plots.Mark(case.seconds, case.ratio, case.kind[0].upper(), RIVALS[case.against], tip(case))
            for case in self.cases
        ]
        drawn = plots.cloud(marks, ("Rust is faster", "Rust is slower"), self.summary, axes)
        letters = ", ".join(f"{kind[0].upper()}: {kind}" for kind in self.kinds if self.of_kind(kind))
        below = plots.key([(colour, f"against {rival}") for rival, colour in RIVALS.items()])
        below += f'<p style="{plots.CAPTION}">{escape(letters)}</p>{plots.table(HEADINGS, self.rows())}'
        caption = f"{axes} Both axes are logarithmic. A race at several sizes has a letter for each."
        return plots.figure(drawn, below, self.summary, caption)


HEADINGS = ("", "won", "level", "lost", "times as fast")


def counted(cases: Sequence[Case]) -> dict[Outcome, int]:
    """How many were won, tied and lost."""
    count = Counter(case.outcome for case in cases)
    return {"won": count["won"], "tied": count["tied"], "lost": count["lost"]}


def amount(count: int, what: str) -> str:
    """A number of things, in words."""
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def spread(cases: Sequence[Case]) -> str:
    """The least and the greatest ratio."""
    ratios = [plots.significant(case.ratio) for case in sorted(cases, key=lambda case: case.ratio)]
    return ratios[0] if len(ratios) == 1 else f"{ratios[0]}{plots.DASH}{ratios[-1]}"


def fared(cases: Sequence[Case]) -> str:
    """To follow "Rust" in a sentence."""
    if not cases:
        return "has not been measured yet"
    verbs: dict[Outcome, str] = {"won": "was faster in", "tied": "level in", "lost": "slower in"}
    first, *rest = [f"{verbs[which]} {count}" for which, count in counted(cases).items() if count]
    parts = [first if first.startswith("was") else f"was {first}", *rest]
    if len(parts) > 1:
        return f"{', '.join(parts[:-1])} and {parts[-1]}"
    return parts[0] if len(cases) == 1 else parts[0].replace(" in ", " in all ")


def said(case: Case) -> str:
    """How Rust fared in one of them, as a sentence."""
    at = "" if case.size is None else f" at size {case.size:,}"
    return f"{subject(case.rust)} {case.verdict}{at}"


def tip(case: Case) -> str:
    """The same with its chapter: what a letter says where one points at it."""
    return f"{case.chapter.title.replace('`', '')}: {said(case)}"


def decisions(
    name: str,
    kinds: Mapping[str, Collection[str]],
    *,
    compiled: Collection[str] = (),
    calls: Mapping[str, int] | None = None,
    apart: Mapping[str, str] | None = None,
) -> Decisions:
    """Every race on record in which something else could have been picked, but for those named `<name>-…`.

    For the arguments see `Sorting`. Sentences quote `<name>-measured`, and to follow "Rust": `<name>-fared`,
    `<name>-<kind>`, `<name>-against-<rival>`, `<name>-<race>` for each race of a kind, and by the length of
    a call `<name>-shortest`, `-short`, `-long` and `-longest`.
    """
    check_name(name)
    sorting = Sorting(kinds, frozenset(compiled), calls or {}, apart or {})
    cases = []
    for chapter, found in records.measurements().recorded:
        if found.name.startswith(f"{name}-"):
            continue
        sizes = found.races.items() if isinstance(found, Scaling) else [(None, found)]
        for size, race in sizes:
            if race.rust and not race.rust.issuperset(race.timings):
                cases.append(Case(race, chapter, sorting, size))
    made = Decisions(name, cases, sorting)
    glue(made.facts())
    return made


@dataclass(frozen=True)
class Defeats:
    """The races that Rust lost, as a list."""

    cases: Sequence[Case]

    def __str__(self) -> str:
        return "\n".join(map(tip, self.cases)) or f"None: {EMPTY}, or Rust lost none."

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        if not self.cases:
            return {"text/plain": str(self)}
        items = "".join(f"<li>{records.link(case.chapter)}: {escape(said(case))}</li>" for case in self.cases)
        return {"text/plain": str(self), "text/html": f"<ul>{items}</ul>"}


def defeats(made: Decisions) -> Defeats:
    """The races that Rust lost, each with a link to its chapter."""
    return Defeats(made.defeats)
