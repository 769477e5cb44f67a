"""Pictures in the page's own colours: bars, lines, intervals, dots, letters and flames as inline SVG.

A picture takes its ink from the page (`currentColor`), so it is right on a light page and on a dark one,
and its style stands on its elements, so it looks the same in the book and in JupyterLab. Across, everything
is placed in per cent; down, in pixels. So a picture is as wide as its column, and its text never shrinks.
"""

from __future__ import annotations

import math
import re
import statistics
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate, cycle

RUST = "#c8602a"
OTHER = "#3d84c6"
THIRD = "#9a6fc4"
PALETTE = (RUST, OTHER, THIRD)
"""Mid-tones: each has a contrast of 3 to 1 or more with white and with near-black."""

BASELINE = "currentColor"
"""What the others are measured against is drawn in the page's own ink, at less than full strength."""

TEXT = "font-size:14px;fill:currentColor"
SMALL = "font-size:12px;fill:currentColor"
HALO = "paint-order:stroke;stroke:var(--book-page,var(--jp-layout-color0,Canvas));stroke-width:3px"
"""Around a letter that may lie over others."""
SPACE = "\N{NO-BREAK SPACE}"
DASH = "\N{EN DASH}"
TIMES = "\N{MULTIPLICATION SIGN}"
UPWARDS = "\N{UPWARDS ARROW}"
DOWNWARDS = "\N{DOWNWARDS ARROW}"


# Numbers for people


def significant(value: float, digits: int = 2) -> str:
    """`value` to so many significant digits, never in scientific notation: 57, 1.3, 0.92, 1,300."""
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if rounded and math.floor(math.log10(abs(rounded))) != math.floor(math.log10(abs(value))):
        places -= 1  # 9.96 has become 10, which needs one decimal less
    return f"{rounded:,.{max(places, 0)}f}"


def seconds(value: float, digits: int = 2) -> str:
    """A duration, given in seconds, in the unit that suits it: 28 ns, 1.3 µs, 35 s."""
    if value == 0:
        return f"0{SPACE}s"
    for unit, size in (("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3)):
        # Rounding first: 999.7 ns is 1 µs, not 1,000 ns.
        if float(significant(value / size, digits).replace(",", "")) < 1000:
            return f"{significant(value / size, digits)}{SPACE}{unit}"
    return f"{significant(value, digits)}{SPACE}s"


def count(value: float) -> str:
    """A size, as short as an axis needs it: 500, 10k, 2.5M."""
    for suffix, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= size:
            return f"{value / size:.3g}{suffix}"
    return f"{value:g}"


def between(low: float, high: float) -> str:
    """Two durations in one unit, where one suits both: from 1.2 to 1.31 ms."""
    first, last = seconds(low, 3), seconds(high, 3)
    number, unit = first.split(SPACE)
    return f"{number}{DASH}{last}" if unit == last.split(SPACE)[1] else f"{first} {DASH} {last}"


# What is drawn


@dataclass(frozen=True)
class Bar:
    """One contender: its median and the middle half of its repetitions, in seconds as a rule."""

    label: str
    median: float
    low: float
    high: float
    colour: str


@dataclass(frozen=True)
class Line:
    """One contender over all sizes: (size, median, low, high), times in seconds."""

    label: str
    points: Sequence[tuple[float, float, float, float]]
    colour: str
    dash: str = ""

    @property
    def stroke(self) -> str:
        """How the line is drawn."""
        style = f"fill:none;stroke:{self.colour};stroke-width:2.5;stroke-linejoin:round"
        return style + (f";stroke-dasharray:{self.dash}" if self.dash else "")


@dataclass(frozen=True)
class Span:
    """Something that a thread did, from `start` to `end`, in seconds."""

    row: str
    start: float
    end: float
    colour: str


@dataclass(frozen=True)
class Dots:
    """Repetitions under one circumstance, in seconds, in their order."""

    label: str
    times: Sequence[float]
    colour: str


@dataclass(frozen=True)
class Box:
    """A function on a path of calls: how deep, where it begins and how wide it is, as shares of all."""

    name: str
    depth: int
    start: float
    share: float
    colour: str


def bars(rows: Sequence[Bar], title: str, description: str, say: Callable[[float], str] | None = None) -> str:
    """Bars from zero, one below the other, with a whisker over the middle half of the repetitions.

    `say` puts a value into words; by default it is a duration, in seconds.
    """
    say = say or (lambda value: seconds(value, 3))
    top = max(bar.high for bar in rows) * 1.02
    parts = []
    for index, bar in enumerate(rows):
        y = index * 46
        strength = ";opacity:0.5" if bar.colour == BASELINE else ""
        low, high = percent(bar.low / top), percent(bar.high / top)
        parts += [
            text("0", y + 15, bar.label),
            text("100%", y + 15, say(bar.median), anchor="end"),
            # However short a bar is, its beginning is seen.
            f'<g style="fill:{bar.colour}{strength}"><rect y="{y + 22}" width="2" height="14"/>'
            f'<rect y="{y + 22}" width="{percent(bar.median / top)}" height="14" rx="2"/></g>',
        ]
        if bar.low < bar.high:
            parts.append(line(low, y + 29, high, y + 29, width=1.5))
            parts += [line(x, y + 25, x, y + 33, width=1.5) for x in (low, high)]
    return picture(46 * len(rows) - 6, title, description, parts)


PLOT = 220
GUTTER = 56


def lines(series: Sequence[Line], marks: Sequence[tuple[float, str]], title: str, description: str) -> str:
    """Lines on logarithmic axes, each named at its end, with a dashed upright at every mark.

    Three pictures side by side, the outer two of fixed width: the scale, the lines, the names.
    """
    sizes = sorted({size for one in series for size, *_ in one.points})
    across = Axis(sizes[0], sizes[-1])
    down = Axis(
        min(low for one in series for _, _, low, _ in one.points),
        max(high for one in series for _, _, _, high in one.points),
    )

    def y(value: float) -> float:
        return PLOT * (0.97 - 0.94 * down.share(value))

    def x(size: float) -> float:
        return 0.02 + 0.96 * across.share(size)

    ticks = [(seconds(value, 1), y(value)) for value in down.ticks()]
    scale = [text(str(GUTTER - 8), at + 4, words, anchor="end", style=SMALL) for words, at in ticks]

    parts = [line("0", at, "100%", at, opacity=0.2) for _, at in ticks]
    parts += [axis_label(count(size), x(size)) for size in across.spaced(sizes)]
    before, raised = -1.0, False
    for size, words in marks:
        raised = x(size) - before < 0.4 and not raised  # neighbours' words stand one above the other
        before = x(size)
        top = -16 if raised else 0
        parts.append(line(percent(before), top, percent(before), PLOT, dash="3 3", opacity=0.8))
        parts.append(axis_label(words, before, y=top - 6))
    parts.append(f'<svg width="100%" height="{PLOT}" viewBox="0 0 1000 {PLOT}" preserveAspectRatio="none">')
    for one in series:
        band = [(x(size), y(high)) for size, _, _, high in one.points]
        band += [(x(size), y(low)) for size, _, low, _ in reversed(one.points)]
        parts.append(f'<polygon points="{points(band)}" style="fill:{one.colour};opacity:0.2"/>')
        parts.append(
            f'<polyline points="{points((x(size), y(median)) for size, median, *_ in one.points)}" '
            f'vector-effect="non-scaling-stroke" style="{one.stroke}"/>'
        )
    parts.append("</svg>")
    for one in series:
        parts += [
            f'<circle cx="{percent(x(size))}" cy="{y(median):.1f}" r="3.5" style="fill:{one.colour}"/>'
            for size, median, *_ in one.points
        ]

    names, width = line_names([(one, y(one.points[-1][1])) for one in series])
    height = PLOT + 24
    aside = f'aria-hidden="true" height="{height}" style="flex:none;display:block;overflow:visible"'
    return (
        f'<div style="display:flex;padding-top:{36 if len(marks) > 1 else 20}px">'
        f'<svg {aside} width="{GUTTER}">{"".join(scale)}</svg>'
        f'<div style="flex:1;min-width:0">{picture(height, title, description, parts)}</div>'
        f'<svg {aside} width="{width}">{"".join(names)}</svg></div>'
    )


@dataclass(frozen=True)
class Axis:
    """A logarithmic axis between two values above zero."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1."""
        if self.low == self.high:
            return 0.5
        return math.log(value / self.low) / math.log(self.high / self.low)

    def ticks(self) -> list[float]:
        """Powers of ten, or where they are under two, their double and half as well."""
        first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        for steps in ((1,), (1, 2, 5), tuple(range(1, 10))):
            found = [step * 10.0**power for power in range(first, last + 1) for step in steps]
            found = [value for value in found if self.low <= value <= self.high]
            if len(found) >= 2:
                break
        return found[:: math.ceil(len(found) / 6) or 1]

    def spaced(self, values: Sequence[float]) -> list[float]:
        """Those of the values whose names have room beside each other: the ends first."""
        chosen = [values[-1]]
        for value in values[:-1]:
            if all(abs(self.share(value) - self.share(other)) >= 0.19 for other in chosen):
                chosen.append(value)
        return chosen


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """Points for an inner picture a thousand units wide, from shares of its width and pixels."""
    return " ".join(f"{1000 * x:.1f},{y:.1f}" for x, y in pairs)


def axis_label(words: str, share: float, y: float = PLOT + 18, anchor: str = "middle") -> str:
    """Small words at a share of the width, below the plot unless `y` says otherwise."""
    return text(percent(share), y, words, anchor=anchor, style=SMALL)


def line_names(ends: Sequence[tuple[Line, float]]) -> tuple[list[str], int]:
    """The names beside the ends of their lines, moved apart where they would cover each other."""
    step = 15
    placed = sorted(ends, key=lambda pair: pair[1])
    broken = [textwrap.wrap(one.label, 14) for one, _ in placed]
    heights = [step * len(name) for name in broken]
    tops = apart([end - height / 2 for (_, end), height in zip(placed, heights, strict=True)], heights)
    parts = []
    for (one, end), name, top, height in zip(placed, broken, tops, heights, strict=True):
        middle = top + height / 2
        parts.append(f'<path d="M0,{end:.1f} L12,{middle:.1f}" style="{one.stroke};stroke-width:1.5"/>')
        parts += [text("17", top + 11 + step * row, words) for row, words in enumerate(name)]
    longest = max(len(words) for name in broken for words in name)
    return parts, 20 + 8 * longest


def apart(tops: Sequence[float], heights: Sequence[float], room: float = PLOT + 15) -> list[float]:
    """Where boxes go that are given from top to bottom, so that none covers the next: as near as can be.

    Their tops move by the least squares, found by pooling neighbours that stand in each other's way (Barlow,
    Bartholomew, Bremner and Brunk, Statistical Inference under Order Restrictions, 1972).
    """
    above = list(accumulate(heights, initial=0.0))
    pools: list[list[float]] = []
    for top, higher in zip(tops, above, strict=False):
        pools.append([top - higher])  # as if all boxes before had no height
        while len(pools) > 1 and statistics.fmean(pools[-2]) > statistics.fmean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    lowest = max(room - above[-1], 0.0)
    shared = [min(max(statistics.fmean(pool), 0.0), lowest) for pool in pools for _ in pool]
    return [top + higher for top, higher in zip(shared, above, strict=False)]


def intervals(
    spans: Sequence[Span], shared: Sequence[tuple[float, float]], title: str, description: str
) -> str:
    """A lane for each row, time from left to right, and a tint where more than one row is at work."""
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    length = (end - start) or 1e-9
    rows = list(dict.fromkeys(span.row for span in spans))
    height = 46 * len(rows)

    def x(moment: float) -> float:
        return (moment - start) / length

    parts = [
        f'<rect x="{percent(x(first))}" y="0" width="{percent((last - first) / length)}" height="{height}" '
        f'style="fill:currentColor;opacity:0.1"/>'
        for first, last in shared
    ]
    for index, row in enumerate(rows):
        parts.append(text("0", 46 * index + 15, row))
        parts.append(line("0", 46 * index + 30, "100%", 46 * index + 30, opacity=0.3))
    parts += [
        f'<rect x="{percent(x(span.start))}" y="{46 * rows.index(span.row) + 22}" '
        f'width="{percent(max(span.end - span.start, length / 1000) / length)}" height="16" '
        f'style="fill:{span.colour}"/>'
        for span in spans
    ]
    for tick in round_steps(length):
        share = tick / length
        anchor = "start" if tick == 0 else "end" if share > 0.93 else "middle"
        parts.append(line(percent(share), height, percent(share), height + 5))
        parts.append(axis_label(seconds(tick).replace(f".0{SPACE}", SPACE), share, height + 20, anchor))
    parts.append(line("0", height, "100%", height))
    return picture(height + 24, title, description, parts)


def round_steps(length: float) -> list[float]:
    """Up to five steps from zero on, each one, two or five times a power of ten."""
    power = math.floor(math.log10(length / 5))
    step = next(s for s in (10.0**power * f for f in (1, 2, 5, 10)) if length / s <= 5)
    return [step * number for number in range(math.floor(length / step * (1 + 1e-9)) + 1)]


BAND = 64


def dots(rows: Sequence[Dots], title: str, description: str) -> str:
    """A band of dots for each row on one logarithmic axis, from top to bottom in their order."""
    every = [time for row in rows for time in row.times]
    across = Axis(min(every), max(every))
    height = (BAND + 30) * len(rows)

    def x(time: float) -> float:
        return 0.02 + 0.96 * across.share(time)

    ticks = across.spaced(across.ticks() or [across.low])
    parts = [axis_label(seconds(tick, 1), x(tick), height + 18) for tick in ticks]
    for index, row in enumerate(rows):
        top, middle = (BAND + 30) * index, statistics.median(row.times)
        uprights = [(percent(x(tick)), top + 22) for tick in ticks]  # they leave the names alone
        parts += [line(place, above, place, above + BAND + 8, opacity=0.2) for place, above in uprights]
        parts += [text("0", top + 15, row.label), text("100%", top + 15, seconds(middle, 3), anchor="end")]
        parts += [
            f'<circle cx="{percent(x(time))}" cy="{top + 24 + BAND * place / len(row.times):.1f}" r="2.5" '
            f'style="fill:{row.colour};opacity:0.6"/>'
            for place, time in enumerate(row.times)
        ]
        parts.append(line(percent(x(middle)), top + 20, percent(x(middle)), top + 26 + BAND, width=2))
    return picture(height + 22, title, description, parts)


@dataclass(frozen=True)
class Mark:
    """A letter in a cloud: how long something took, a ratio, and what it says where one points."""

    seconds: float
    ratio: float
    letter: str
    colour: str
    words: str


def cloud(marks: Sequence[Mark], sides: tuple[str, str], title: str, description: str) -> str:
    """Letters on logarithmic axes: durations to the right, ratios upwards, and a line at the ratio of 1.

    `sides` say what lies above that line, and what below. They stand outside, where no letter lies over them.
    """
    across = Axis(min(mark.seconds for mark in marks), max(mark.seconds for mark in marks))
    reach = max(max(mark.ratio, 1 / mark.ratio) for mark in marks) * 1.2
    down = Axis(
        min(1 / 1.5, *(mark.ratio / 1.2 for mark in marks)), max(1.5, *(mark.ratio * 1.2 for mark in marks))
    )
    height = PLOT + 100

    def x(value: float) -> str:
        return percent(0.1 + 0.88 * across.share(value))

    def y(value: float) -> float:
        return height * (1 - down.share(value))

    above, below = sides
    parts = [
        line("0", y(1), "100%", y(1), width=1.5),
        text("100%", -10, f"{UPWARDS}{SPACE}{above}", anchor="end", style=SMALL),
        text("100%", height + 38, f"{DOWNWARDS}{SPACE}{below}", anchor="end", style=SMALL),
    ]
    for tick in down.ticks():
        if tick != 1 and 1 / reach <= tick <= reach:
            parts.append(line("8%", y(tick), "100%", y(tick), opacity=0.2))
            parts.append(text("0", y(tick) + 4, f"{significant(tick, 1)}{SPACE}{TIMES}", style=SMALL))
    for tick in across.spaced(across.ticks() or [across.low]):
        parts.append(line(x(tick), 0, x(tick), height, opacity=0.2))
        parts.append(text(x(tick), height + 18, seconds(tick, 1), anchor="middle", style=SMALL))
    parts += [
        f'<text x="{x(mark.seconds)}" y="{y(mark.ratio) + 5:.1f}" text-anchor="middle" '
        f'style="font-size:14px;font-weight:700;fill:{mark.colour};{HALO}">'
        f"<title>{escape(mark.words)}</title>{escape(mark.letter)}</text>"
        for mark in marks
    ]
    return picture(height + 44, title, description, parts)


STOREY = 22


def flames(boxes: Sequence[Box], title: str, description: str) -> str:
    """Boxes on top of their callers. A name that does not fit is cut off, and whole where one points."""
    floors = 1 + max(box.depth for box in boxes)
    parts = []
    for box in boxes:
        y = STOREY * (floors - 1 - box.depth)
        strength = 0.18 if box.colour == BASELINE else 0.4
        parts.append(
            f'<svg x="{percent(box.start)}" y="{y}" width="{percent(box.share)}" height="{STOREY - 2}">'
            f"<title>{escape(box.name)}: {box.share:.1%}</title>"
            f'<rect width="100%" height="100%" style="fill:{box.colour};opacity:{strength}"/>'
            f"{text('4', 14, box.name, style=SMALL) if box.share >= 0.03 else ''}"
            f"{line('0', 0, '0', STOREY, opacity=0.5)}</svg>"
        )
    return picture(STOREY * floors, title, description, parts)


def picture(height: float, title: str, description: str, parts: Iterable[str]) -> str:
    """A picture as wide as its column and `height` pixels high, which says in words what it shows."""
    return (
        f'<svg role="img" width="100%" height="{height:g}" '
        f'style="display:block;overflow:visible">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )


def percent(share: float) -> str:
    """A share, from 0 to 1, as a coordinate."""
    return f"{100 * share:.2f}%"


def text(x: str, y: float, words: str, *, anchor: str = "start", style: str = TEXT) -> str:
    """Words, at a size that never changes."""
    return f'<text x="{x}" y="{y:g}" text-anchor="{anchor}" style="{style}">{escape(words)}</text>'


def line(
    x1: str, y1: float, x2: str, y2: float, *, width: float = 1, opacity: float = 1, dash: str = ""
) -> str:
    """A straight line in the ink of the page."""
    style = f"stroke:currentColor;stroke-width:{width:g}"
    style += f";opacity:{opacity:g}" if opacity < 1 else ""
    style += f";stroke-dasharray:{dash}" if dash else ""
    return f'<line x1="{x1}" y1="{y1:g}" x2="{x2}" y2="{y2:g}" style="{style}"/>'


DASHES = ("", "7 5", "2 4", "12 4 2 4")
"""How lines of one colour are told apart, in this order."""


def colours(labels: Sequence[str], rust: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """A colour for each label, and the dashes by which its line is told from another of that colour.

    The first is the baseline, in the page's ink. What is Rust is Rust's colour, then violet.
    """
    rust = set(rust)
    chosen: dict[str, tuple[str, str]] = {labels[0]: (BASELINE, DASHES[0])}
    free = {
        True: cycle([(colour, dash) for dash in DASHES for colour in (RUST, THIRD)]),
        False: cycle([(OTHER, dash) for dash in DASHES]),
    }
    return chosen | {label: next(free[label in rust]) for label in labels[1:]}


# Around a picture


RULE = "border:0;border-bottom:1px solid rgba(128,128,128,0.4);background:none;color:inherit"


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column, of names, may break; the others are whole, and numbers stand to the right."""
    sides = _sides(headings, rows)

    def cells(tag: str, row: Sequence[str]) -> str:
        first = f"padding:0.25rem 0;text-align:left;overflow-wrap:anywhere;{RULE}"
        other = f"padding:0.25rem 0 0.25rem 0.75rem;white-space:nowrap;{RULE}"
        return "".join(
            f'<{tag} style="{f"text-align:{side};{other}" if index else first}">{escape(words)}</{tag}>'
            for index, (words, side) in enumerate(zip(row, sides, strict=True))
        )

    head = f'<tr style="background:none">{cells("th", headings)}</tr>'
    body = "".join(f'<tr style="background:none">{cells("td", row)}</tr>' for row in rows)
    style = "width:100%;margin:0.75rem 0;border-collapse:collapse;font-size:14px;color:inherit"
    return f'<table style="{style}"><thead>{head}</thead><tbody>{body}</tbody></table>'


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The same for a terminal."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    sides = _sides(headings, rows)
    return "\n".join(
        "  ".join(
            words.rjust(width) if side == "right" else words.ljust(width)
            for words, width, side in zip(row, widths, sides, strict=True)
        ).rstrip()
        for row in (headings, *rows)
    )


def _sides(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Where each column stands: to the left, or to the right where a cell of it begins with a number."""
    columns = zip(headings, *rows, strict=True)
    numbers = [any(re.match(r"\W*\d", words) for words in column) for _, *column in columns]
    return ["right" if number and index else "left" for index, number in enumerate(numbers)]


def key(entries: Iterable[tuple[str, str]], opacity: float = 1) -> str:
    """Which colour means what."""
    square = "display:inline-block;width:12px;height:12px;margin-right:6px"
    square += f";opacity:{opacity}" if opacity < 1 else ""
    items = "".join(
        f'<span style="margin-right:20px;white-space:nowrap">'
        f'<span style="{square};background:{colour}"></span>{escape(words)}</span>'
        for colour, words in entries
    )
    return f'<div style="font-size:14px;margin:0.75rem 0">{items}</div>' if items else ""


CAPTION = "margin:0.5rem 0 0;padding:0;font:inherit;font-size:14px;text-align:left;color:inherit"


def figure(picture: str, below: str, summary: str, caption: str) -> str:
    """A picture, what stands below it, and in words what both say, with the small print."""
    small = f'<br/><small style="font-size:12px">{escape(caption)}</small>' if caption else ""
    return (
        f'<figure style="margin:1.5rem 0;max-width:46rem;color:inherit">{picture}{below}'
        f'<figcaption style="{CAPTION}">{escape(summary)}'
        f"{small}</figcaption></figure>"
    )
