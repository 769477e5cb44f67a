"""Repetitions: every single time of a measurement as a dot, so that its noise can be seen."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

from workbook import plots
from workbook.gluing import glue
from workbook.results import RaceError, check_name, slug

HEADINGS = ("", "shortest", "median", "mean", "longest")


@dataclass(frozen=True)
class Repetitions:
    """The same measurement under several circumstances, in seconds, in the order in which it was taken."""

    name: str
    times: Mapping[str, Sequence[float]]

    def figures(self, label: str) -> dict[str, float]:
        """What is commonly made of many times."""
        times = self.times[label]
        made = (min(times), statistics.median(times), statistics.mean(times), max(times))
        return dict(zip(HEADINGS[1:], made, strict=True))

    def rows(self) -> list[tuple[str, ...]]:
        """The table: a row for each circumstance."""
        return [(label, *(plots.seconds(v, 3) for v in self.figures(label).values())) for label in self.times]

    @property
    def summary(self) -> str:
        """How far the times of each lie apart, as a sentence."""
        spans = [
            f"{label}, {plots.seconds(min(times), 3)} to {plots.seconds(max(times), 3)}"
            for label, times in self.times.items()
        ]
        return f"{'; '.join(spans)}."

    def __str__(self) -> str:
        return f"{plots.plain_table(HEADINGS, self.rows())}\n\n{self.summary}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self) -> str:
        """A figure: the dots, and what is commonly made of them."""
        paint = cycle((plots.OTHER, plots.RUST, plots.THIRD))
        rows = [plots.Dots(label, times, next(paint)) for label, times in self.times.items()]
        drawn = plots.dots(rows, self.summary, DESCRIPTION)
        return plots.figure(drawn, plots.table(HEADINGS, self.rows()), self.summary, DESCRIPTION)

    def glued(self) -> dict[str, str]:
        """What sentences can quote: the figures, and how they moved against the first circumstance."""
        facts, first = {}, self.figures(next(iter(self.times)))
        for label in self.times:
            for figure, value in self.figures(label).items():
                key = f"{self.name}-{slug(label)}-{figure}"
                facts[key] = plots.seconds(value)
                facts[f"{key}-moved"] = (
                    f"{plots.significant(value / first[figure])}{plots.SPACE}{plots.TIMES}"
                )
        return facts


DESCRIPTION = (
    "Each dot is one repetition, the first at the top; the upright is the median. The axis is logarithmic."
)


def repetitions(name: str, times: Mapping[str, Sequence[float]]) -> Repetitions:
    """Draw repetitions, by circumstance, as `timeit.repeat` returns them: seconds, each above zero.

    Sentences quote `<name>-<label>-shortest`, `-median`, `-mean` and `-longest`, and with `-moved` behind
    it each as a multiple of what it is under the first circumstance ("1.4 ×").
    """
    check_name(name)
    for label, taken in times.items():
        if len(taken) < 2 or not all(math.isfinite(time) and time > 0 for time in taken):
            raise RaceError(
                f"The repetitions of {label!r} cannot be drawn: give two times or more, in seconds, above 0."
            )
    if not times:
        raise RaceError(f"{name!r} has no repetitions: measure something before drawing it.")
    drawn = Repetitions(name, dict(times))
    glue(drawn.glued())
    return drawn
