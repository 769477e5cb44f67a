"""Memory: how much a process has, step by step, in several ways of doing the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from workbook import plots
from workbook.gluing import glue
from workbook.results import RaceError, check_name, slug

MEGABYTE = 1e6


@dataclass(frozen=True)
class Memory:
    """Who had how many bytes after each step. What was there before the first step does not count."""

    name: str
    readings: Mapping[str, Sequence[int]]
    steps: str
    """What a step is, in the plural."""
    rust: frozenset[str]

    def grown(self, label: str) -> list[float]:
        """By how many bytes the process has grown, after each step."""
        first, *_ = values = self.readings[label]
        return [max(value - first, 0) for value in values]

    def verdict(self, label: str) -> str:
        """By how much it grew, to follow a name in a sentence."""
        megabytes = self.grown(label)[-1] / MEGABYTE
        if megabytes < 1:
            return f"grew by less than 1{plots.SPACE}MB"
        return f"grew by {plots.significant(megabytes)}{plots.SPACE}MB"

    @property
    def summary(self) -> str:
        """All verdicts, as a sentence."""
        count = max(map(len, self.readings.values())) - 1
        said = "; ".join(f"{label} {self.verdict(label)}" for label in self.readings)
        return f"After {count:,} {self.steps}: {said}."

    def __str__(self) -> str:
        return self.summary

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def html(self) -> str:
        """A figure: steps to the right, megabytes upwards, each line named at its end."""
        top = max(max(self.grown(label)) for label in self.readings) or 1
        last = max(map(len, self.readings.values())) - 1

        def y(value: float) -> float:
            return plots.PLOT * (0.97 - 0.92 * value / top)

        ticks = [top * share for share in (0, 0.5, 1)]
        scale = [
            plots.text(
                str(plots.GUTTER - 8), y(tick) + 4, megabytes(tick, top), anchor="end", style=plots.SMALL
            )
            for tick in ticks
        ]
        parts = [plots.line("0", y(tick), "100%", y(tick), opacity=0.2) for tick in ticks]
        for share, anchor in ((0, "start"), (0.5, "middle"), (1, "end")):
            parts.append(plots.axis_label(plots.count(round(share * last)), share, anchor=anchor))
        parts.append(
            f'<svg width="100%" height="{plots.PLOT}" viewBox="0 0 1000 {plots.PLOT}" '
            'preserveAspectRatio="none">'
        )
        ends = []
        for label, (colour, dash) in plots.colours(list(self.readings), self.rust).items():
            points = [(step / last, y(value)) for step, value in enumerate(self.grown(label))]
            row = plots.Line(label, [(1, 1, 1, 1)], colour, dash)
            ends.append((row, points[-1][1]))
            parts.append(
                f'<polyline points="{plots.points(points)}" vector-effect="non-scaling-stroke" '
                f'style="{row.stroke}"/>'
            )
        parts.append("</svg>")
        names, width = plots.line_names(ends)
        height = plots.PLOT + 24
        aside = f'aria-hidden="true" height="{height}" style="flex:none;display:block;overflow:visible"'
        drawn = plots.picture(height, self.summary, f"Megabytes by the number of {self.steps}.", parts)
        drawn = (
            f'<div style="display:flex"><svg {aside} width="{plots.GUTTER}">{"".join(scale)}</svg>'
            f'<div style="flex:1;min-width:0">{drawn}</div>'
            f'<svg {aside} width="{width}">{"".join(names)}</svg></div>'
        )
        caption = f"To the right: {self.steps}. Upwards: how much memory the process has gained."
        return plots.figure(drawn, "", self.summary, caption)


def memory(
    name: str, readings: Mapping[str, Sequence[int]], steps: str, *, rust: Collection[str] = ()
) -> Memory:
    """Draw how much memory a process had, in bytes: at the beginning, and then after each of `steps`.

    `readings` are by label, the first being what the others are compared with; labels in `rust` get Rust's
    colours. Sentences quote `<name>-<label>` ("grew by 92 MB").
    """
    check_name(name)
    if not readings or any(len(values) < 2 for values in readings.values()):
        raise RaceError(f"{name!r} has too little to draw: give two readings or more for each label.")
    drawn = Memory(name, readings, steps, frozenset(rust))
    glue({f"{name}-{slug(label)}": drawn.verdict(label) for label in readings})
    return drawn


def megabytes(value: float, top: float) -> str:
    """An amount of memory for a scale that ends at `top`."""
    return f"{value / MEGABYTE:.{0 if top >= 10 * MEGABYTE else 1}f} MB"
