"""The reader's guide in the terminal: the exercises, how far one is, the task, hints, a solution."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.progress_bar import ProgressBar
from rich.style import Style
from rich.table import Table
from rich.text import Text

from workbook import mine, verdicts
from workbook.exercises import MINUTES, Exercise, exercises, functions
from workbook.layout import Chapter, Crate, chapters
from workbook.progress import CHANGED, Progress

MARKS = {**verdicts.MARKS, CHANGED: ("?", "yellow")}

WIDTH = 88
"""Columns that prose takes at most: longer lines are hard to read."""


class NoSuchNameError(ValueError):
    """A name that stands for no chapter and no exercise, or for a chapter that has none."""


@dataclass(frozen=True)
class Place:
    """A chapter with exercises, and perhaps one of them."""

    chapter: Chapter
    exercises: Sequence[Exercise]
    exercise: Exercise | None = None

    def at(self, progress: Progress) -> Exercise:
        """The exercise that is meant: the one that was named, the current one, or the next to be solved."""
        if self.exercise is not None:
            return self.exercise
        chapter, name = progress.current or (None, None)
        if chapter == self.chapter.slug:
            for one in self.exercises:
                if one.name == name:
                    return one
        return unsolved(self.exercises, progress) or self.exercises[0]


class Shelf:
    """All chapters in their order, with their exercises. No two of all these names are the same."""

    @cached_property
    def chapters(self) -> dict[str, Chapter]:
        """By slug."""
        return {chapter.slug: chapter for chapter in chapters()}

    @cached_property
    def exercises(self) -> dict[str, list[Exercise]]:
        """By the chapter's slug: those chapters that have any. Raises `ExerciseError` for a faulty one."""
        found = {
            slug: exercises(chapter.crate)
            for slug, chapter in self.chapters.items()
            if chapter.crate is not None
        }
        return {slug: some for slug, some in found.items() if some}

    def find(self, name: str) -> Place:
        """What a name stands for. Raises `NoSuchNameError`, with the nearest name there is."""
        if name in self.exercises:
            return self._place(name)
        for slug, some in self.exercises.items():
            for one in some:
                if one.name == name:
                    return Place(self.chapters[slug], some, one)
        if name in self.chapters:
            raise NoSuchNameError(f"{name} has no exercises in Rust.")
        known = [*self.exercises, *(one.name for some in self.exercises.values() for one in some)]
        nearest = get_close_matches(name, known, n=1)
        hint = f"Did you mean {nearest[0]}?" if nearest else "`workbook list` shows all there are."
        raise NoSuchNameError(f"there is no chapter or exercise {name}. {hint}")

    def here(self, progress: Progress) -> Place:
        """The chapter that the reader was at last; else the first that is not solved yet."""
        if not self.exercises:
            raise NoSuchNameError("this book has no exercises yet.")
        if progress.current is not None and progress.current[0] in self.exercises:
            return self._place(progress.current[0])
        for slug, some in self.exercises.items():
            if unsolved(some, progress):
                return self._place(slug)
        return self._place(next(iter(self.exercises)))

    def upcoming(self, progress: Progress) -> Place:
        """Where to go on: here, or in the next chapter where something is left to be solved."""
        here = self.here(progress)
        if unsolved(here.exercises, progress):
            return here
        slug = self.after(here.chapter.slug, progress)
        return self._place(slug) if slug else here

    def after(self, slug: str, progress: Progress) -> str | None:
        """The next chapter where something is left to be solved."""
        slugs = list(self.exercises)
        at = slugs.index(slug) + 1
        return next(
            (other for other in slugs[at:] + slugs[:at] if unsolved(self.exercises[other], progress)), None
        )

    def _place(self, slug: str) -> Place:
        return Place(self.chapters[slug], self.exercises[slug])


def unsolved(
    chosen: Sequence[Exercise], progress: Progress, after: Exercise | None = None
) -> Exercise | None:
    """The first exercise that is not solved; where `after` is given, the first behind it, and then around."""
    at = next((number + 1 for number, one in enumerate(chosen) if after and one.name == after.name), 0)
    return next((one for one in [*chosen[at:], *chosen[:at]] if not progress.of(one).solved), None)


def where(exercise: Exercise) -> str:
    """The exercise's place in the reader's file, as `path:line`."""
    line = None
    with suppress(OSError, ValueError):  # what is wrong with the file, the verdict says
        own = functions(exercise.crate, "mine", within="exercises").get(exercise.name)
        line = own and own.code_line
    return mine.shown(exercise.crate) + (f":{line}" if line else "")


def named(exercise: Exercise) -> Text:
    """An exercise's name, kind and minutes."""
    about = f"  {exercise.kind}, {MINUTES[exercise.kind]} minutes"
    return Text(exercise.name, "bold").append(about, Style(bold=False, dim=True))


def prose(text: str) -> Text:
    """Paragraphs of a doc comment, to be wrapped anew, with what is code set off."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    told = Text("\n\n".join(paragraphs))
    told.highlight_regex(r"`[^`]+`", "cyan")
    return told


class Narrow:
    """Something that takes no more than `WIDTH` columns."""

    def __init__(self, inside: RenderableType) -> None:
        self.inside = inside

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from console.render(self.inside, options.update_width(min(WIDTH, options.max_width)))


def task(exercise: Exercise) -> RenderableType:
    """The exercise in short: what is asked, without the cases."""
    asked = exercise.doc.partition(">>>")[0].strip()
    return Narrow(Group(named(exercise), prose(asked)))


def hints(taken: Sequence[str]) -> RenderableType:
    """The hints that were taken, numbered."""
    lines = Table.grid(padding=(0, 1))
    for number, hint in enumerate(taken, 1):
        lines.add_row(Text(f"{number}.", "dim"), prose(hint))
    return Narrow(lines)


def solution(exercise: Exercise) -> RenderableType:
    """Our solution, and why it is one."""
    from pygments.token import Comment, Keyword, Name, Number, String  # slow to import, and needed here alone
    from rich.syntax import ANSISyntaxTheme, Syntax

    colours = {  # those of the terminal that can be read on black and on white
        Comment: Style(dim=True),
        Keyword: Style(color="magenta"),
        Name.Function: Style(bold=True),
        Name.Function.Magic: Style(color="cyan"),
        Number: Style(color="cyan"),
        String: Style(color="green"),
    }
    highlighter = Syntax("", "rust", theme=ANSISyntaxTheme(colours))
    code = highlighter.highlight(textwrap.dedent(exercise.solution.code).strip())
    code.rstrip()
    code.no_wrap, code.overflow = True, "ignore"
    return Group(code, Text(), Narrow(prose(exercise.explanation)))


def listing(shelf: Shelf, progress: Progress, only: str | None = None) -> RenderableType:
    """Chapters and their exercises: how far each is, and how far all are. `only` shows one chapter."""
    here = shelf.here(progress)
    current = here.at(progress)
    shown = {slug: some for slug, some in shelf.exercises.items() if only in (None, slug)}
    width = max(len(one.name) for some in shelf.exercises.values() for one in some)
    parts: list[RenderableType] = []
    for slug, some in shown.items():
        parts.append(heading(shelf.chapters[slug], sum(progress.of(one).solved for one in some), len(some)))
        parts += [_row(one, progress, width, one == current) for one in some]
        parts.append(Text())
    every = [one for some in shelf.exercises.values() for one in some]
    left = [one for one in every if not progress.of(one).solved]
    if only is None:
        parts.append(_Bar(Text("All exercises", "bold"), len(every) - len(left), len(every)))
    if any(progress.of(one).state == CHANGED for one in left):
        parts.append(Text("check again: the exercise is not what it was when you checked it last.", "yellow"))
    parts.append(_next(shelf.upcoming(progress), progress, left))
    return Narrow(Group(*parts))


def heading(chapter: Chapter, done: int, total: int) -> RenderableType:
    """A chapter's name and title, and how many of its exercises are solved."""
    name = Text(chapter.slug, "bold")
    return _Bar(name.append(f"  {chapter.title.replace('`', '')}", Style(bold=False, dim=True)), done, total)


def _row(exercise: Exercise, progress: Progress, width: int, current: bool) -> Text:
    standing = progress.of(exercise)
    mark, style = MARKS.get(standing.state, MARKS["failed"])
    state = "check again" if standing.state == CHANGED else standing.state
    taken = f"{standing.hints} hint{'s' * (standing.hints > 1)}" if standing.hints else ""
    row = Text("→ " if current else "  ", "bold", no_wrap=True, overflow="ellipsis")
    row.append(f"{mark} ", Style.parse(f"not bold {style}"))
    row.append(f"{exercise.name:<{width}}  ", Style(bold=current))
    row.append(f"{state:<11}  ", Style.parse(f"not bold {style}"))
    row.append(f"{taken:<7}  {exercise.kind}, {MINUTES[exercise.kind]} min", Style(bold=False, dim=True))
    row.rstrip()
    return row


def _next(place: Place, progress: Progress, left: Sequence[Exercise]) -> RenderableType:
    if not left:
        return Text("All is solved. `workbook solution NAME` shows ours, and races yours against it.")
    one = place.at(progress)
    if progress.of(one).solved:
        one = unsolved(place.exercises, progress, after=one) or one
    minutes = sum(MINUTES[one.kind] for one in left)
    return Text(f"About {_duration(minutes)} to go. Next: workbook watch {one.name}")


def _duration(minutes: int) -> str:
    if minutes < 90:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"


class _Bar:
    """A heading with how much of it is solved: on a terminal as a bar, too."""

    def __init__(self, heading: Text, done: int, total: int) -> None:
        self.heading = heading
        self.done = done
        self.total = total

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        row = Table.grid(expand=True, padding=(0, 2, 0, 0))
        row.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        cells: list[RenderableType] = [self.heading]
        if console.is_terminal and options.max_width >= 60:
            row.add_column(width=14)
            cells.append(ProgressBar(self.total, self.done, width=14, complete_style="green"))
        row.add_column(justify="right", no_wrap=True)
        row.add_row(*cells, Text(f"{self.done} of {self.total}", "green" if self.done == self.total else ""))
        yield row


def put_back(crate: Crate, name: str | None) -> str:
    """Reset the reader's file, or one exercise in it, and say what became of what stood there.

    Raises `MineError` where the file is not one to work with.
    """
    if not os.path.lexists(mine.path(crate)):
        mine.reset(crate)
        return f"{mine.shown(crate)} is there again, with the stubs of all its exercises."
    aside = mine.reset(crate, name)
    what = name or mine.shown(crate)
    if aside is None:
        return f"There is nothing to put back: {what} is as it was at first."
    return f"{what} is as it was at first. What you wrote is kept in {mine.shown(crate, aside.name)}"
