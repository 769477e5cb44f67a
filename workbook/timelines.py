"""Timelines: what threads did and when, from intervals that they recorded themselves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle

from workbook import plots
from workbook.gluing import glue
from workbook.results import RaceError, check_name


@dataclass(frozen=True)
class Interval:
    """A thread was at work from `start` to `end`, both in seconds of the same clock."""

    thread: str
    start: float
    end: float
    kind: str = ""


@dataclass(frozen=True)
class Timeline:
    """Who was at work when."""

    name: str
    intervals: tuple[Interval, ...]

    @property
    def threads(self) -> list[str]:
        """The threads, in the order in which they are given."""
        return list(dict.fromkeys(interval.thread for interval in self.intervals))

    @property
    def kinds(self) -> list[str]:
        """What they did, in the order in which it is given."""
        return list(dict.fromkeys(interval.kind for interval in self.intervals))

    @property
    def length(self) -> float:
        """Seconds from the first start to the last end."""
        return max(i.end for i in self.intervals) - min(i.start for i in self.intervals)

    @property
    def pixel(self) -> float:
        """Seconds that no screen can show."""
        return self.length / 2000

    @property
    def shared(self) -> list[tuple[float, float]]:
        """When more than one thread was at work."""
        moments = [(i.start, 1, i.thread) for i in self.intervals]
        moments += [(i.end, -1, i.thread) for i in self.intervals]
        at_work: Counter[str] = Counter()
        found: list[tuple[float, float]] = []
        since: float | None = None
        for moment, change, thread in sorted(moments):
            at_work[thread] += change
            several = sum(count > 0 for count in at_work.values()) > 1
            if several and since is None:
                since = moment
            elif not several and since is not None:
                found.append((since, moment))
                since = None
        return [(start, end) for start, end in found if start < end]

    @property
    def overlap(self) -> float:
        """Seconds in which more than one thread was at work."""
        return math.fsum(end - start for start, end in self.shared)

    @property
    def verdict(self) -> str:
        """The overlap in words, to follow the threads' names in a sentence."""
        if not self.overlap:
            return "never worked at the same time"
        return f"worked at the same time for {plots.seconds(self.overlap)} of {plots.seconds(self.length)}"

    @property
    def summary(self) -> str:
        """The overlap, as a sentence."""
        *others, last = self.threads
        return f"{', '.join(others)} and {last} {self.verdict}." if others else f"{last} worked alone."

    def __str__(self) -> str:
        start = min(i.start for i in self.intervals)
        rows = []
        for thread in self.threads:
            own = [i for i in self.intervals if i.thread == thread]
            first, last = min(i.start for i in own) - start, max(i.end for i in own) - start
            rows.append((thread, f"{len(own):,}", plots.seconds(first, 3), plots.seconds(last, 3)))
        return f"{plots.plain_table(('thread', 'intervals', 'from', 'to'), rows)}\n\n{self.summary}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self) -> str:
        """A figure: the lanes, what the colours mean, the overlap."""
        paint = dict(zip(self.kinds, cycle(plots.PALETTE), strict=False))
        spans = [plots.Span(i.thread, i.start, i.end, paint[i.kind]) for i in self.merged()]
        drawn = plots.intervals(
            spans, coarse(self.shared, self.pixel), self.summary, "Intervals, one lane for each thread."
        )
        key = [(paint[kind], kind) for kind in self.kinds if kind]
        return plots.figure(drawn, plots.key(key), self.summary, "")

    def merged(self) -> list[Interval]:
        """The same, as finely as a screen can show it: what is closer than a pixel is one interval."""
        pixel = self.pixel
        found: dict[str, list[Interval]] = {thread: [] for thread in self.threads}
        for interval in sorted(self.intervals, key=lambda i: i.start):
            lane = found[interval.thread]
            if lane and lane[-1].kind == interval.kind and interval.start - lane[-1].end <= pixel:
                before = lane.pop()
                interval = Interval(before.thread, before.start, max(before.end, interval.end), before.kind)
            lane.append(interval)
        return [interval for lane in found.values() for interval in lane]


def timeline(name: str, intervals: Iterable[Sequence[object]]) -> Timeline:
    """Draw recorded intervals: `(thread, start, end)` or `(thread, start, end, kind)` in seconds.

    All must come from one clock, `time.perf_counter` as a rule. Each thread is a lane, each kind a colour.
    Sentences quote `<name>-overlap` ("worked at the same time for 190 ms of 210 ms").
    """
    check_name(name)
    taken = tuple(interval(name, fields) for fields in intervals)
    if not taken:
        raise RaceError(f"The timeline {name!r} has no intervals: record some before drawing them.")
    drawn = Timeline(name, taken)
    glue({f"{name}-overlap": drawn.verdict})
    return drawn


def coarse(intervals: Iterable[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Intervals in order, joined where they are no further apart than `gap`."""
    found: list[tuple[float, float]] = []
    for start, end in intervals:
        if found and start - found[-1][1] <= gap:
            start = found.pop()[0]
        found.append((start, end))
    return found


def interval(name: str, fields: Sequence[object]) -> Interval:
    """One recorded interval, or a sentence about what is wrong with it."""
    match fields:
        case [thread, float() | int() as start, float() | int() as end, *kind] if (
            len(kind) <= 1 and math.isfinite(start) and math.isfinite(end) and start <= end
        ):
            return Interval(str(thread), start, end, *map(str, kind))
    raise RaceError(
        f"{fields!r} is no interval for the timeline {name!r}: "
        "give (thread, start, end) or (thread, start, end, kind), times in seconds, the earlier first."
    )
