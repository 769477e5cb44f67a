"""Flame graphs: where a program spent its time, in Python and below, from a profiler's samples."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from workbook import plots

LEAST = 0.004
"""A smaller share of the samples is not drawn: it would be narrower than a pixel or two."""

KINDS = {"Python": plots.OTHER, "Rust": plots.RUST, "C": plots.BASELINE}
"""What a frame may be written in, and its colour. What has no mark of Rust's counts as C."""


@dataclass(frozen=True, order=True)
class Frame:
    """A function that was running, or waiting for one that it had called."""

    name: str
    kind: str

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


Stack: TypeAlias = tuple[Frame, ...]


@dataclass(frozen=True)
class Flames:
    """How often each stack was seen; the outermost function comes first."""

    stacks: Mapping[Stack, int]

    @property
    def samples(self) -> int:
        """How often the profiler looked."""
        return sum(self.stacks.values())

    def seen(self, *functions: str) -> int:
        """In how many samples each of these was running or waiting, by a part of its name."""
        return sum(
            count
            for stack, count in self.stacks.items()
            if all(any(function in frame.name for frame in stack) for function in functions)
        )

    def share(self, function: str, within: str = "") -> float:
        """The share of the samples that have `function` in them, of all or of those `within` another."""
        return self.seen(function, within) / max(self.seen(within), 1)

    @property
    def ends(self) -> list[tuple[Frame, float]]:
        """The functions that were running themselves, the most frequent first, with their shares."""
        counted: Counter[Frame] = Counter()
        for stack, count in self.stacks.items():
            counted[stack[-1]] += count
        return [(frame, count / self.samples) for frame, count in counted.most_common()]

    @property
    def summary(self) -> str:
        """What was seen most, as a sentence."""
        most = ", ".join(f"{frame} {share:.0%}" for frame, share in self.ends[:3])
        return f"Of {self.samples:,} samples, most ended in {most}."

    def __str__(self) -> str:
        return f"{plots.plain_table(HEADINGS, self.rows())}\n\n{self.summary}"

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self.html()}

    def rows(self) -> list[tuple[str, str, str]]:
        """The table: functions that were running themselves, and how often."""
        return [(frame.name, frame.kind, f"{share:.0%}") for frame, share in self.ends[:6]]

    def html(self) -> str:
        """A figure: the flames, what the colours mean, who ran most."""
        boxes = list(self.boxes())
        deepest = max(box.depth for box in boxes)
        drawn = plots.flames(boxes, self.summary, DESCRIPTION)
        seen = {frame.kind for stack in self.stacks for frame in stack}
        key = plots.key([(KINDS[kind], kind) for kind in KINDS if kind in seen], opacity=0.4)
        caption = f"{DESCRIPTION} {deepest + 1} calls deep."
        return plots.figure(drawn, f"{key}{plots.table(HEADINGS, self.rows())}", self.summary, caption)

    def boxes(self) -> Iterator[plots.Box]:
        """A box for each function on each path that is wide enough, from the bottom up."""
        yield from self._boxes(sorted(self.stacks.items()), 0, 0)

    def _boxes(self, stacks: list[tuple[Stack, int]], depth: int, before: int) -> Iterator[plots.Box]:
        for frame, group in groupby(stacks, key=lambda pair: pair[0][depth] if pair[0][depth:] else None):
            if frame is None:
                continue  # its caller ran itself: that is left free, to the right
            members = list(group)
            width = sum(count for _, count in members)
            if width / self.samples >= LEAST:
                yield plots.Box(
                    frame.name, depth, before / self.samples, width / self.samples, KINDS[frame.kind]
                )
                yield from self._boxes(members, depth + 1, before)
            before += width


HEADINGS = ("running itself", "written in", "samples")
DESCRIPTION = (
    "Flame graph: each box is a function, as wide as its share of the samples, on top of its caller. "
    "From left to right there is no order of time."
)


def flames(folded: str) -> Flames:
    """Draw what a profiler has written in folded form: a stack a line, `outer;inner 12`.

    `py-spy record --format raw` writes that, as do `perf` and many others with a script of their own.
    """
    stacks: Counter[Stack] = Counter()
    for line in folded.splitlines():
        names, _, count = line.rpartition(" ")
        if not names or not count.isdigit():
            raise ValueError(f"{line!r} is no folded stack: it should be like 'outer;inner 12'.")
        stacks[_stack(names.split(";"))] += int(count)
    if not stacks.total():
        raise ValueError("The profile holds no samples, so there is nothing to draw.")
    return Flames(dict(stacks))


def _stack(names: list[str]) -> Stack:
    """The frames, from the first one of Python's on: before it the interpreter only starts."""
    frames = [frame for frame, _ in groupby(map(_frame, names))]
    pythons = [index for index, frame in enumerate(frames) if frame.kind == "Python"]
    return tuple(frames[pythons[0] if pythons else 0 :])


def _frame(text: str) -> Frame:
    found = re.fullmatch(r"(?P<name>.+) \((?P<file>[^()]+)\)", text)
    if found is None:
        return Frame(*_native(text))
    file = re.sub(r":\d+$", "", found["file"])
    if file.endswith((".py", ">")):
        return Frame(found["name"], "Python")
    if found["name"].startswith("0x"):  # the library keeps the names of its functions to itself
        return Frame("unnamed" if file == "?" else re.split(r"[/\\]", file)[-1], "C")
    return Frame(*_native(found["name"]))


_SIGNS = {"LT": "<", "GT": ">", "C": ",", "RF": "&", "BP": "*", "LP": "(", "RP": ")", "SP": "@"}


def _native(symbol: str) -> tuple[str, str]:
    """The name and the language of a compiled function, by its symbol."""
    name, hashed = re.subn(r"::h[0-9a-f]{16}$", "", symbol)
    if not hashed:
        return symbol, "Rust" if symbol.startswith("_R") else "C"
    name = re.sub(r"\$u([0-9a-f]+)\$", lambda code: chr(int(code[1], 16)), name)
    name = re.sub(r"\$([A-Z]{1,2})\$", lambda sign: _SIGNS.get(sign[1], sign[0]), name).replace("..", "::")
    name = re.sub(r"(?<!\w)_(?=[<{])", "", name)
    return re.sub(r"(?<!\w)(?:[a-z_]\w*::)+(?=[\w<{])", "", name), "Rust"
