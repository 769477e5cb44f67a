"""The commands for readers: what there is to do, how far one is, and help on the way.

Wherever a NAME is asked for, it is a chapter's or an exercise's; without one, it is where the reader was.
"""

from __future__ import annotations

import subprocess
import sys
import webbrowser

import click
from rich.text import Text

from workbook import crates, guide, layout, mine, progress
from workbook.exercises import Exercise, ExerciseError
from workbook.rust import NoSuchItemError
from workbook.saying import console, remark, sentences

KNOWN = (ExerciseError, NoSuchItemError, guide.NoSuchNameError, mine.MineError, crates.BuildError, OSError)
"""What a reader can cause, or their machine: each says what to do about it."""

name_argument = click.argument("name", required=False, metavar="[NAME]")


def place_of(name: str | None) -> tuple[guide.Place, progress.Progress]:
    """The chapter or exercise of this name, or where the reader is; and what is remembered."""
    memory = progress.read(remark)
    shelf = guide.Shelf()
    return (shelf.find(name) if name else shelf.here(memory)), memory


@click.command("list")
def list_exercises() -> None:
    """Show all exercises, and how far you are."""
    with sentences(*KNOWN):
        console.print(guide.listing(guide.Shelf(), progress.read(remark)))


@click.command()
@name_argument
def check(name: str | None) -> None:
    """Say how far you are with a chapter or an exercise.

    The first time, this lays down the file to write in. Without NAME, it is the chapter you were at last.
    """
    from workbook import judging

    with sentences(*KNOWN):
        place, _ = place_of(name)
        crate = place.exercises[0].crate
        if mine.lay_down(crate):
            remark(f"{mine.shown(crate)} is yours now: open it in your editor.")
        report = judging.check(crate, say=remark)
        with progress.editing(remark) as memory:
            memory.keep(report)
            here = place.at(memory)
            if place.exercise is None and memory.of(here).solved:
                here = guide.unsolved(place.exercises, memory) or here
            memory.move(place.chapter.slug, here.name)
    if report.problem is not None or place.exercise is None:
        console.print(report)
        done = report.solved
    else:
        verdict = report.verdict(place.exercise.name)
        console.print(verdict)
        done = verdict.solved
        if not done:
            console.print(guide.where(place.exercise), style="dim", soft_wrap=True)
    if not done:
        raise SystemExit(1)


@click.command()
@name_argument
def watch(name: str | None) -> None:
    """Give a verdict on every save, one exercise after the other.

    Edit the file that it names, in any editor. Keys give hints, put a stub back, and more. Without NAME, it
    begins where you were last.
    """
    from workbook import watching

    with sentences(*KNOWN):
        shelf = guide.Shelf()
        place = shelf.find(name) if name else shelf.upcoming(progress.read(remark))
        watching.watch(console, shelf, place)


@click.command()
@name_argument
def hint(name: str | None) -> None:
    """Give the next hint on an exercise. There are two on each.

    Without NAME, it is the exercise you were at last.
    """
    with sentences(*KNOWN):
        place, memory = place_of(name)
        one = place.at(memory)
        more = memory.of(one).hints < len(one.hints)
        with progress.editing(remark) as memory:
            taken = memory.take_hint(one)
            memory.move(place.chapter.slug, one.name)
    console.print(guide.named(one))
    console.print(guide.hints(taken))
    if not more:
        console.print(f"There are no more hints. Our solution: workbook solution {one.name}", style="dim")


@click.command()
@name_argument
@click.option("--anyway", is_flag=True, help="Show it, even where yours is not solved yet.")
def solution(name: str | None, anyway: bool) -> None:
    """Show our solution, and race yours against it.

    It is shown once you have solved the exercise. Without NAME, it is the exercise you were at last.
    """
    with sentences(*KNOWN):
        place, memory = place_of(name)
        one = place.at(memory)
        solved = memory.of(one).solved
        if not (solved or anyway):
            raise click.ClickException(not_yet(one, place, memory))
        console.print(guide.named(one))
        console.print(guide.solution(one))
    console.print()
    if solved:
        race(one)
    else:
        console.print("There is no race, since yours is not solved yet.", style="dim")


def not_yet(one: Exercise, place: guide.Place, memory: progress.Progress) -> str:
    """Why no solution is shown, and what to do instead."""
    done = [other.name for other in place.exercises if memory.of(other).solved]
    return (
        f"{one.name} is not solved yet. `workbook hint {one.name}` helps you on, "
        f"and `workbook solution {one.name} --anyway` shows it all the same."
        + (f" Solved already: {', '.join(done)}." if done else "")
    )


def race(one: Exercise) -> None:
    """Race the reader's solution against ours, and show how it went."""
    from workbook import duels

    remark("Racing yours against ours …")
    with sentences(duels.DuelError, *KNOWN):
        console.print(str(duels.duel(one, say=remark)), markup=False)


@click.command()
@name_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(name: str | None, yes: bool) -> None:
    """Put a stub back, or all stubs of a chapter. What you wrote is kept beside them.

    NAME is an exercise, or a chapter for the whole file; without it, it is the exercise you were at last.
    """
    with sentences(*KNOWN):
        place, memory = place_of(name)
        one = place.at(memory) if name is None else place.exercise
        crate = place.exercises[0].crate
        what = f"the stub of {one.name}" if one else f"all stubs of {place.chapter.slug}"
        if not yes:
            if not sys.stdin.isatty():
                raise click.ClickException(f"this puts {what} back. If that is what you want, add --yes.")
            if not click.confirm(f"Put {what} back? What you wrote is kept aside."):
                console.print("Nothing was changed.")
                return
        told = guide.put_back(crate, one.name if one else None)
        with progress.editing(remark) as memory:
            for each in [one] if one else place.exercises:
                memory.forget(each)
    console.print(told, soft_wrap=True)


@click.command("open")
@name_argument
@click.option("--lab", is_flag=True, help="Open it in JupyterLab, as a notebook to run and to change.")
@click.pass_context
def open_chapter(context: click.Context, name: str | None, lab: bool) -> None:
    """Open a chapter in the browser or in JupyterLab.

    NAME may be an exercise, too; without it, it is the chapter you were at last.
    """
    with sentences(*KNOWN):
        shelf = guide.Shelf()
        chapter = shelf.chapters.get(name or "") or place_of(name)[0].chapter
        if lab:
            crates.ensure(layout.crates(), remark)
            command = [sys.executable, "-m", "jupyterlab", str(chapter.path)]
            context.exit(subprocess.run(command, cwd=layout.ROOT, check=False).returncode)
    page = layout.BUILD / "html" / "book" / f"{chapter.slug}.html"
    if not page.exists():
        raise click.ClickException(
            f"the page of {chapter.slug} is not built yet: run make book, or workbook build."
        )
    console.print(f"Here it is: {page.as_uri()}", soft_wrap=True)
    try:
        webbrowser.open(page.as_uri())
    except webbrowser.Error:
        console.print(Text("There is no browser to open it with.", "dim"))


COMMANDS = [list_exercises, check, watch, hint, solution, reset, open_chapter]
