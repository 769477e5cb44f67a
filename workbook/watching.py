"""`workbook watch`: a verdict on every save, one exercise after the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from prompt_toolkit.input import Input, create_input
from prompt_toolkit.keys import Keys
from rich.console import Console, RenderableType
from rich.text import Text
from watchfiles import awatch

from workbook import duels, guide, judging, mine, progress
from workbook.crates import BuildError
from workbook.exercises import Exercise, ExerciseError
from workbook.processes import CancelledError
from workbook.rust import NoSuchItemError
from workbook.verdicts import Report

KEYS = "h hint  s solution  l list  r reset  c check  n next  p previous  q quit"

SLOW = 5.0
"""Seconds after which a reader who waits for the compiler is told why."""

KNOWN = (ExerciseError, BuildError, NoSuchItemError, mine.MineError, duels.DuelError, OSError)
"""What a reader's file or machine can do to us: told in its own words."""


def watch(console: Console, shelf: guide.Shelf, place: guide.Place) -> None:
    """Give verdicts until the reader has enough. Raises `KeyboardInterrupt` where a signal ends it."""
    asyncio.run(Watch(console, shelf, place).run())


class Watch:
    """The exercises of one chapter, one of them in focus, while the reader edits `mine.rs`.

    On a terminal the screen shows how things stand, and is drawn anew whenever that changes. Elsewhere there
    are no keys, and what is new is printed below what was.
    """

    def __init__(self, console: Console, shelf: guide.Shelf, place: guide.Place) -> None:
        self.console = console
        self.interactive = console.is_terminal and sys.stdin.isatty()
        self.news: list[RenderableType] = []
        """What the last verdict changed."""
        self.later: list[RenderableType] = []
        """What is to be told with the next verdict, too, since that comes at once."""
        self.asides: list[RenderableType] = []
        """What the reader asked for since."""
        self.shelf = shelf
        self.chapter = place.chapter
        self.exercises = list(place.exercises)
        self.crate = self.exercises[0].crate
        self.memory = progress.read(self.tell)
        self.focus = place.at(self.memory)
        self.chosen = place.exercise is not None
        """Whether the reader chose this exercise: then it stays in focus, even where it was solved before."""
        self.report: Report | None = None
        self.checked = ""
        """When the verdict was given."""
        self.checking = False
        self.just_solved: Exercise | None = None
        self.if_yes: Callable[[], None] | None = None
        """What to do where the next key is a y."""
        self.insisting: Exercise | None = None
        """The exercise whose solution was asked for before its time."""
        self.wanted = asyncio.Event()
        self.over = asyncio.Event()
        self.cancelled = threading.Event()
        """Ends the newest check, and the race that followed it."""
        self.race: asyncio.Task[None] | None = None

    # Running

    async def run(self) -> None:
        """Watch until the reader has enough, or nobody reads what is printed."""
        try:
            mine.lay_down(self.crate)
        except OSError as error:
            self.tell(f"{mine.shown(self.crate)} cannot be made: {error.strerror}.")
        self._focus_on(self.focus)
        with self._keys():
            self._introduce()
            self.check()
            parts = [self._judge(), self._follow(), self._until_unread(), self.over.wait()]
            tasks = [asyncio.ensure_future(part) for part in parts]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                self.cancelled.set()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _judge(self) -> None:
        """Check whenever that is wanted. A check that is no longer the newest is given up."""
        loop = asyncio.get_running_loop()

        def whisper(text: str) -> None:
            loop.call_soon_threadsafe(self._whisper, text)

        while True:
            await self.wanted.wait()
            self.wanted.clear()
            if not self._there():
                continue
            self.cancelled = cancelled = threading.Event()
            self._whisper("Checking …", start=True)
            slow = loop.call_later(SLOW, self._whisper, "The first build takes up to a minute …")
            try:
                report = await asyncio.to_thread(judging.check, self.crate, cancelled=cancelled, say=whisper)
            except CancelledError:
                continue
            except KNOWN as error:
                self.checking, self.news = False, []
                self.tell(str(error))
                self._refresh()
            else:
                self.checking = False
                if not cancelled.is_set():
                    self._judged(report)
            finally:
                slow.cancel()

    async def _follow(self) -> None:
        """Want a check whenever the file was saved, in whatever way the editor does that."""
        path = mine.path(self.crate)
        folders = {path.parent, path.resolve().parent}  # a link's target is followed, too
        names = {path.name, path.resolve().name}
        saves = awatch(
            *folders,
            watch_filter=lambda _, changed: Path(changed).name in names,
            recursive=False,
            debounce=300,
            step=30,
        )
        async for _ in saves:
            if not self._there():
                await asyncio.sleep(0.3)  # some editors move the old file away before they write the new one
            self.check()

    async def _until_unread(self) -> None:
        """Come to an end where the output goes into a pipe that nobody reads any more."""
        if not self.interactive and hasattr(select, "poll"):
            poll = select.poll()
            with contextlib.suppress(OSError, ValueError):
                poll.register(self.console.file.fileno(), 0)
                while not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0)):
                    await asyncio.sleep(0.5)
                return
        await self.over.wait()

    def check(self) -> None:
        """Want a verdict on the file as it is now: one that is under way is out of date."""
        self.cancelled.set()
        self.wanted.set()
        if not self._there():
            self.checking, self.report, self.news = False, None, []
            again = "press r" if self.interactive else f"run: workbook reset {self.chapter.slug}"
            self.tell(
                f"{mine.shown(self.crate)} is gone. Undo that in your editor, or begin again: {again}.",
                "yellow",
            )
            self._refresh()

    def _there(self) -> bool:
        return os.path.lexists(mine.path(self.crate))

    # Verdicts

    def _judged(self, report: Report) -> None:
        self.report, self.checked = report, time.strftime("%H:%M:%S")
        self.news, self.later, self.asides = self.later, [], []
        self.just_solved = self.insisting = self.if_yes = None
        before = self.focus
        if report.problem is None:
            self._weigh(report)
        if self.interactive:
            self._draw()
            return
        self._print(self._verdict(before), *self.news, Text())
        self.news = []
        if self.focus.name != before.name:
            self._introduce()

    def _weigh(self, report: Report) -> None:
        """Remember the verdicts, tell what they change, and move on where the exercise in focus is solved."""
        self.exercises = [verdict.exercise for verdict in report.verdicts]
        self.focus = next((one for one in self.exercises if one.name == self.focus.name), self.exercises[0])
        with progress.editing(self.tell) as self.memory:
            solved_before = {one.name: self.memory.of(one).solved for one in self.exercises}
            self.memory.keep(report)
        for verdict in report.verdicts:
            name, before = verdict.exercise.name, solved_before[verdict.exercise.name]
            if name == self.focus.name:
                continue
            if verdict.solved and not before:
                self.tell(f"{name} is solved as well.", "green")
            elif before and not verdict.solved:
                self.tell(f"{name} was solved, and is not any more: {verdict.state}.", "yellow")
        before = solved_before[self.focus.name]
        if report.verdict(self.focus.name).solved and not (self.chosen and before):
            self._move_on(just_now=not before)

    def _move_on(self, just_now: bool) -> None:
        solved = self.focus
        if just_now:
            self.just_solved = solved
            key = "s" if self.interactive else f"workbook solution {solved.name}"
            said = f"✓ {solved.name} is solved. Our solution, and a race between both: {key}"
            self.news.insert(0, Text(said, "green"))
        upcoming = guide.unsolved(self.exercises, self.memory, after=solved)
        if upcoming is not None:
            self._focus_on(upcoming)
            return
        self.tell(
            f"All of {self.chapter.slug} is solved. `workbook solution NAME` shows ours beside yours.",
            "green",
        )
        other = self.shelf.after(self.chapter.slug, self.memory)
        self.tell(f"Next chapter: workbook watch {other}" if other else "That was the last one of the book.")

    def _focus_on(self, exercise: Exercise, chosen: bool = False) -> None:
        self.focus, self.chosen = exercise, chosen or (self.report is None and self.chosen)
        with progress.editing(self.tell) as self.memory:
            self.memory.move(self.chapter.slug, exercise.name)

    # Keys

    @contextlib.contextmanager
    def _keys(self) -> Iterator[None]:
        """Read single keys, on a terminal. However this ends, the terminal is then as it was."""
        if not self.interactive:
            yield
            return
        keyboard = create_input()
        with keyboard.raw_mode(), keyboard.attach(lambda: self._typed(keyboard)):
            yield

    def _typed(self, keyboard: Input) -> None:
        for press in keyboard.read_keys():
            self.press(press.key if isinstance(press.key, Keys) else press.key.lower())
        if keyboard.closed:
            self.over.set()

    def press(self, key: str) -> None:
        """Do what a key stands for; without any meaning it does nothing."""
        actions: dict[str, Callable[[], None]] = {
            "h": self._hint,
            "s": self._solution,
            "l": self._list,
            "r": self._reset,
            "c": self.check,
            "n": lambda: self._step(1),
            "p": lambda: self._step(-1),
            Keys.Right: lambda: self._step(1),
            Keys.Left: lambda: self._step(-1),
        }
        if_yes, self.if_yes = self.if_yes, None
        if key in ("q", Keys.ControlC, Keys.ControlD):
            self.over.set()
        elif if_yes is not None:
            self.asides = [Text("Nothing was changed.")]
            if key == "y":
                if_yes()
            self._draw()
        elif key in actions:
            try:
                actions[key]()
            except KNOWN as error:
                self.asides = [Text(str(error))]
            self._draw()

    def _hint(self) -> None:
        with progress.editing(self.tell) as self.memory:
            more = self.memory.of(self.focus).hints < len(self.focus.hints)
            taken = self.memory.take_hint(self.focus)
        self.asides = [guide.hints(taken)]
        if not more:
            self.asides.append(Text("There are no more hints. s shows our solution.", "dim"))

    def _solution(self) -> None:
        one = self.just_solved or self.focus
        solved = self.memory.of(one).solved
        if not solved and self.insisting != one:
            self.insisting = one
            self.asides = [
                Text(f"{one.name} is not solved yet. h gives a hint. To see our solution all the same: s")
            ]
            return
        self.asides = [Text(f"Our {one.name}", "bold"), guide.solution(one)]
        if solved and (self.race is None or self.race.done()):
            waiting = Text("\nRacing yours against ours …", "dim")
            self.asides.append(waiting)
            self.race = asyncio.ensure_future(self._race(one, waiting))

    async def _race(self, exercise: Exercise, waiting: Text) -> None:
        """Race the reader's solution against ours, and tell how it went where we said that we wait for it."""
        try:
            race = await asyncio.to_thread(duels.duel, exercise, self.cancelled, lambda _: None)
            told = Text(f"\n{race}")
        except CancelledError:
            return
        except KNOWN as error:
            told = Text(f"\n{error}")
        if any(aside is waiting for aside in self.asides):
            self.asides = [told if aside is waiting else aside for aside in self.asides]
            self._draw()

    def _list(self) -> None:
        self.asides = [guide.listing(self.shelf, self.memory, self.chapter.slug)]

    def _reset(self) -> None:
        question = f"Put the stub of {self.focus.name} back? What you wrote is kept aside. y/n"
        if not self._there():
            self._put_back()
        else:
            self.asides, self.if_yes = [Text(question, "bold")], self._put_back

    def _put_back(self) -> None:
        try:
            told = guide.put_back(self.crate, self.focus.name)
        except KNOWN as error:
            told = str(error)
        self.asides, self.later = [Text(told)], [Text(told)]

    def _step(self, by: int) -> None:
        at = [one.name for one in self.exercises].index(self.focus.name)
        self.news, self.asides, self.just_solved, self.insisting = [], [], None, None
        self._focus_on(self.exercises[(at + by) % len(self.exercises)], chosen=True)

    # The screen

    def tell(self, text: str, style: str = "") -> None:
        """Tell something together with the next verdict, or with what comes before it."""
        self.news.append(Text(text, style))

    def _whisper(self, text: str, start: bool = False) -> None:
        """Say what we wait for, on a terminal; elsewhere nobody waits before it."""
        self.checking = self.checking or start
        if self.interactive and self.checking:
            self._print(Text(text, "dim"))

    def _refresh(self) -> None:
        """Show the news: with all the rest on a terminal, by themselves elsewhere."""
        if self.interactive:
            self._draw()
        else:
            self._print(*self.news)
            self.news = []

    def _introduce(self) -> None:
        """Show the exercise in focus."""
        if self.interactive:
            self._draw()
        else:
            self._print(*self.news, *self._task(), Text())
            self.news = []

    def _draw(self) -> None:
        done = sum(self.memory.of(one).solved for one in self.exercises)
        parts: list[RenderableType] = [guide.heading(self.chapter, done, len(self.exercises))]
        parts += [*self.news, Text(), *self._task()]
        if self.report is not None:
            parts += [Text(), self._verdict(self.focus)]
        if self.asides:
            parts += [Text(), *self.asides]
        keys = Text()
        for part in KEYS.split("  "):
            key, _, meaning = part.partition(" ")
            keys.append(key, "bold").append(f"\u00a0{meaning}", "dim").append("  ")
        parts += [Text(), keys]
        if self.checking:
            parts.append(Text("Checking …", "dim"))
        with self.console:  # in one go, so that nothing flickers
            self.console.clear()
            self._print(*parts)

    def _task(self) -> list[RenderableType]:
        place = Text(guide.where(self.focus), "cyan", no_wrap=True, overflow="ignore")
        told = [guide.task(self.focus), Text(), place]
        if not self.memory.of(self.focus).solved:
            told.append(Text("Change it there and save: the verdict comes here.", "dim"))
        return told

    def _verdict(self, exercise: Exercise) -> RenderableType:
        assert self.report is not None
        if self.report.problem is not None:
            return self.report
        return self.report.verdict(exercise.name)

    def _print(self, *parts: RenderableType) -> None:
        for part in parts:
            self.console.print(part)
