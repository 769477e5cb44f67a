"""What a race leaves: times, and what can be said of them in words, a table and a picture."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby, pairwise, product
from typing import Literal, NamedTuple, TypeAlias

from workbook import plots

LEVEL = 1.05
"""A smaller ratio is a tie: where code happens to lie in memory can make as much."""

SINGLE = 1.10
"""One run does not know its own spread: so much either way is allowed for."""

HEADINGS = ("contender", "median", "middle half", "speed")

Outcome: TypeAlias = Literal["won", "lost", "tied"]


class RaceError(ValueError):
    """A race that cannot be run, or whose contenders disagree."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the sentence, for nothing else would help."""
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Timing:
    """The repetitions of one contender, in seconds for one call, in the order of the rounds."""

    times: tuple[float, ...]
    loops: int = 1

    @property
    def median(self) -> float:
        """Seconds for one call: half of the repetitions took less."""
        return statistics.median(self.times)

    @property
    def middle_half(self) -> tuple[float, float]:
        """The first and the third quartile, in seconds."""
        if len(self.times) == 1:
            return self.times[0], self.times[0]
        first, _, third = statistics.quantiles(self.times, n=4, method="inclusive")
        return first, third


@dataclass(frozen=True)
class Race:
    """Who raced, and how long each took. The first contender is the baseline."""

    name: str
    timings: Mapping[str, Timing]
    rust: frozenset[str]
    machine: str
    day: date

    @property
    def baseline(self) -> str:
        """The contender that the others are measured against."""
        return next(iter(self.timings))

    @property
    def challengers(self) -> list[str]:
        """All others."""
        return list(self.timings)[1:]

    def ratio(self, label: str, against: str | None = None) -> float:
        """How many times as fast as the baseline, or as `against`: below 1 is slower."""
        return self.timings[against or self.baseline].median / self.timings[label].median

    def outcome(self, label: str, against: str | None = None) -> Outcome:
        """Whether `label` won against the baseline, or against `against`, lost, or tied.

        It won or lost if the ratio of the medians is beyond `LEVEL` and the spread leaves no doubt.
        The spread is that of the ratios within each round, since a round's noise hits both alike:
        the interval that holds their median with 95 % certainty (the sign test's, which supposes
        nothing about how times are distributed) must lie on one side of 1.
        """
        ours, theirs = self.timings[label], self.timings[against or self.baseline]
        if len(ours.times) == len(theirs.times) > 1:
            pairs = zip(ours.times, theirs.times, strict=True)
            low, high = median_interval([other / own for own, other in pairs])
        else:
            ratio = self.ratio(label, against)
            low, high = ratio / SINGLE, ratio * SINGLE
        if theirs.median >= LEVEL * ours.median and low > 1:
            return "won"
        if ours.median >= LEVEL * theirs.median and high < 1:
            return "lost"
        return "tied"

    def verdict(self, label: str, against: str | None = None) -> str:
        """The outcome in words, to follow the contender's name in a sentence."""
        other, ratio = against or self.baseline, self.ratio(label, against)
        match self.outcome(label, against):
            case "won":
                return f"was {plots.significant(ratio)} times as fast as {other}"
            case "lost":
                return f"took {plots.significant(1 / ratio)} times as long as {other}"
            case _:
                return f"was level with {other}"

    def leader(self, among: Collection[str] | None = None) -> str | None:
        """Who won against all others, or None where the spread cannot tell."""
        labels = list(among or self.timings)
        best = min(labels, key=lambda label: self.timings[label].median)
        return best if all(self.outcome(best, other) == "won" for other in labels if other != best) else None

    def losses(self) -> list[str]:
        """A sentence for each time that Rust was beaten by something else."""
        return [
            f"{subject(label)} {self.verdict(label, other)}"
            for label in self.timings
            for other in self.timings
            if label in self.rust and other not in self.rust and self.outcome(label, other) == "lost"
        ]

    @property
    def summary(self) -> str:
        """The verdicts on all challengers, in one sentence."""
        return "; ".join(f"{subject(label)} {self.verdict(label)}" for label in self.challengers) + "."

    @property
    def caption(self) -> str:
        """When it was measured, and on what."""
        return f"Measured on {self.day}: {self.machine}."

    def rows(self) -> list[tuple[str, str, str, str]]:
        """The table: contender, median, middle half of the repetitions, speed against the baseline."""
        return [
            (
                label,
                plots.seconds(timing.median, 3),
                plots.between(*timing.middle_half) if len(timing.times) > 1 else "one run",
                f"{plots.significant(self.ratio(label))}{plots.SPACE}{plots.TIMES}",
            )
            for label, timing in self.timings.items()
        ]

    def __str__(self) -> str:
        return "\n".join([plots.plain_table(HEADINGS, self.rows()), "", self.summary, self.caption])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self, *, picture: bool = True) -> str:
        """A figure: the bars, the table, the verdict, the machine."""
        table = plots.table(HEADINGS, self.rows())
        if not picture:
            return plots.figure("", table, self.summary, self.caption)
        paint = plots.colours(list(self.timings), self.rust)
        bars = [
            plots.Bar(label, timing.median, *timing.middle_half, paint[label][0])
            for label, timing in self.timings.items()
        ]
        drawn = plots.bars(bars, self.summary, "Bars: the median time of one call to each contender.")
        return plots.figure(drawn, table, self.summary, self.caption)

    def glued(self) -> dict[str, str]:
        """What the page's sentences can quote, by key."""
        return {f"{self.name}-machine": self.machine} | self.facts()

    def facts(self, suffix: str = "") -> dict[str, str]:
        """What can be quoted of each contender, by key."""
        facts = {}
        for label, timing in self.timings.items():
            facts[f"{self.name}-{slug(label)}{suffix}-median"] = plots.seconds(timing.median)
        for label in self.challengers:
            key = f"{self.name}-{slug(label)}{suffix}"
            facts[f"{key}-verdict"] = self.verdict(label)
            facts[f"{key}-ratio"] = plots.significant(self.ratio(label))
            facts[f"{key}-outcome"] = self.outcome(label)
        return facts


class Stretch(NamedTuple):
    """Neighbouring sizes, by index, at which the same contender leads, or none clearly."""

    leader: str | None
    first: int
    last: int


@dataclass(frozen=True)
class Scaling:
    """The same race at several sizes, smallest first."""

    name: str
    races: Mapping[int, Race]
    by: str = "size"
    """What the sizes are."""

    @cached_property
    def sizes(self) -> list[int]:
        """The sizes, smallest first."""
        return list(self.races)

    @cached_property
    def largest(self) -> Race:
        """The race at the largest size."""
        return self.races[self.sizes[-1]]

    @property
    def labels(self) -> list[str]:
        """The contenders, the baseline first."""
        return list(self.largest.timings)

    def stretches(self, among: Collection[str] | None = None) -> list[Stretch]:
        """Who leads where."""
        leaders = enumerate(race.leader(among) for race in self.races.values())
        found = []
        for leader, group in groupby(leaders, key=lambda pair: pair[1]):
            indices = [index for index, _ in group]
            found.append(Stretch(leader, indices[0], indices[-1]))
        return found

    def crossing(self, before: Stretch, after: Stretch) -> float:
        """The size at which the lines of two leaders cross, straight between sizes on logarithmic axes."""
        gaps = []
        for index in (before.last, after.first):
            timings = self.races[self.sizes[index]].timings
            gaps.append(math.log(timings[str(before.leader)].median / timings[str(after.leader)].median))
        share = gaps[0] / (gaps[0] - gaps[1])
        low, high = self.sizes[before.last], self.sizes[after.first]
        return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))

    def crossings(self) -> list[float]:
        """The sizes at which one leader follows upon another."""
        return [
            self.crossing(before, after)
            for before, after in pairwise(self.stretches())
            if before.leader and after.leader
        ]

    def where(self, stretches: Sequence[Stretch], index: int) -> str:
        """A stretch in words: "from about 3,000 on". Where no line crosses, it ends at a size measured."""
        here = stretches[index]
        start, end = f"{self.sizes[here.first]:,}", f"{self.sizes[here.last]:,}"
        if index > 0 and stretches[index - 1].leader:
            start = f"about {plots.significant(self.crossing(stretches[index - 1], here))}"
        if index + 1 < len(stretches) and stretches[index + 1].leader:
            end = f"about {plots.significant(self.crossing(here, stretches[index + 1]))}"
        if len(stretches) == 1:
            return f"at every {self.by} from {start} to {end}" if start != end else f"at {start}"
        if index == 0:
            return f"up to {end}"
        if index == len(stretches) - 1:
            return f"from {start} on"
        return f"between {start} and {end}" if start != end else f"at {start}"

    def when(self, label: str) -> str:
        """Where `label` leads over the baseline, to follow "leads" in a sentence."""
        stretches = self.stretches((self.largest.baseline, label))
        led = [self.where(stretches, index) for index, here in enumerate(stretches) if here.leader == label]
        if led:
            return " and ".join(led)
        clearly = "" if all(here.leader for here in stretches) else " clearly"
        return f"never{clearly}, up to {self.sizes[-1]:,}"

    @property
    def crossover(self) -> str:
        """Who leads where, among all contenders."""
        stretches = self.stretches()
        led = [
            f"{self.where(stretches, i)}, {subject(here.leader)} leads"
            for i, here in enumerate(stretches)
            if here.leader
        ]
        if not led:
            return f"up to {self.sizes[-1]:,}, nobody is clearly ahead of all others"
        if len(led) < len(stretches):
            led.append("elsewhere it is too close to call")
        return "; ".join(led)

    @property
    def summary(self) -> str:
        """Who leads where, as a sentence."""
        return f"{self.crossover[0].upper()}{self.crossover[1:]}."

    def losses(self) -> list[str]:
        """A sentence for each contender that beat Rust, with the sizes at which it did."""
        found = []
        for label, other in product(self.labels, self.labels):
            if label not in self.largest.rust or other in self.largest.rust:
                continue
            lost = {s: race for s, race in self.races.items() if race.outcome(label, other) == "lost"}
            if lost:
                worst = 1 / min(race.ratio(label, other) for race in lost.values())
                sizes = ", ".join(f"{size:,}" for size in lost)
                often = "up to " if len(lost) > 1 else ""
                times = f"{often}{plots.significant(worst)} times as long"
                found.append(f"{subject(label)} took {times} as {other} at {sizes}")
        return found

    def rows(self) -> list[list[str]]:
        """The table: a row of medians for each size."""
        return [
            [f"{size:,}", *(plots.seconds(timing.median, 3) for timing in race.timings.values())]
            for size, race in self.races.items()
        ]

    def __str__(self) -> str:
        return "\n".join(
            [plots.plain_table((self.by, *self.labels), self.rows()), "", self.summary, self.largest.caption]
        )

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self, *, picture: bool = True) -> str:
        """A figure: the lines, the table, who leads where, the machine."""
        table = plots.table((self.by, *self.labels), self.rows())
        if not picture:
            return plots.figure("", table, self.summary, self.largest.caption)
        paint = plots.colours(self.labels, self.largest.rust)
        lines = [
            plots.Line(
                label,
                [
                    (size, timing.median, *timing.middle_half)
                    for size, race in self.races.items()
                    for timing in [race.timings[label]]
                ],
                *paint[label],
            )
            for label in self.labels
        ]
        marks = [(size, f"about {plots.significant(size)}") for size in self.crossings()]
        axes = f"Median time of one call by {self.by}; both axes are logarithmic."
        drawn = plots.lines(lines, marks, self.summary, axes)
        return plots.figure(drawn, table, self.summary, f"{axes} {self.largest.caption}")

    def glued(self) -> dict[str, str]:
        """What the page's sentences can quote, by key."""
        facts = {f"{self.name}-machine": self.largest.machine, f"{self.name}-crossover": self.crossover}
        for label in self.largest.challengers:
            facts[f"{self.name}-{slug(label)}-crossover"] = self.when(label)
        for size, race in self.races.items():
            facts |= race.facts(f"-{size}")
        return facts


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """Where the true median lies with 95 % certainty, or all of `values` where they are under six."""
    ordered, n = sorted(values), len(values)
    rank, tail = 0, 0.5**n
    while tail <= 0.025:
        rank += 1
        tail += math.comb(n, rank) * 0.5**n
    rank = max(rank - 1, 0)
    return ordered[rank], ordered[n - 1 - rank]


def subject(label: str) -> str:
    """A contender's name, to begin a sentence with: a comma that it opens is closed."""
    return f"{label}," if "," in label else label


def slug(label: str) -> str:
    """A label as it stands in a key: `Counter(text.split())` is `Counter-text-split`."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", label).strip("-")


def check_name(name: str) -> None:
    """Refuse a name that cannot be the beginning of a key."""
    if not re.fullmatch(r"[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*", name):
        raise RaceError(
            f"{name!r} cannot name a race: use letters, digits, hyphens and underscores, as in 'list-sum'."
        )
