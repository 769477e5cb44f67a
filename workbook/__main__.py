"""The `workbook` command."""

from __future__ import annotations

import functools
import http.server
import io
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from pathlib import Path

import click

from workbook import crates, doctor, layout, learning, new
from workbook.saying import console, remark, remarks, sentences

JUPYTER_BOOK = "from jupyter_book.cli.main import main; main()"
"""What the `jupyter-book` command runs, for the Python that runs us."""


class Chapter(click.ParamType[layout.Chapter]):
    """A chapter by its slug, with the nearest name where there is none such."""

    name = "slug"

    def convert(
        self, value: str | layout.Chapter, param: click.Parameter | None, ctx: click.Context | None
    ) -> layout.Chapter:
        known = {chapter.slug: chapter for chapter in layout.chapters()}
        chapter = value if isinstance(value, layout.Chapter) else known.get(value)
        if chapter is None:
            nearest = get_close_matches(str(value), known, n=1)
            hint = f"Did you mean {nearest[0]}?" if nearest else f"There are: {', '.join(known)}."
            self.fail(f"there is no chapter {value}. {hint}", param, ctx)
        return chapter


class Commands(click.Group):
    """Our commands: a reader's first, then those of whoever builds or writes the book."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        learners = {command.name for command in learning.COMMANDS}
        for title, chosen in {
            "Exercises": [name for name in self.commands if name in learners],
            "The book": [name for name in self.commands if name not in learners],
        }.items():
            limit = formatter.width - 14
            with formatter.section(title):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(limit)) for name in chosen])

    def invoke(self, ctx: click.Context) -> object:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # a pipe on Windows may not know a tick
                stream.reconfigure(errors="replace")
        try:
            with ended_alike():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            with suppress(OSError):  # the terminal may be gone
                remark("Stopped. Your files are as you saved them.")
            raise SystemExit(130) from None


@contextmanager
def ended_alike() -> Iterator[None]:
    """Let whatever asks us to end do what Ctrl-C does, so that compilers and cases end with us."""
    names = [name for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    asked = [getattr(signal, name) for name in names]
    before = {}
    for one in asked:
        if signal.getsignal(one) == signal.SIG_DFL:  # `nohup` wants its signal to be ignored
            before[one] = signal.signal(one, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Do the exercises, and build the book.

    Begin with `workbook watch`: it names your file, and tells you on every save how far you are. Everywhere
    a NAME is a chapter or an exercise, as `workbook list` shows them.
    """


for learner in learning.COMMANDS:
    main.add_command(learner)


@main.command("crates")
def build_crates() -> None:
    """Compile and install crates that are missing or out of date."""
    with sentences(crates.BuildError):
        crates.ensure(layout.crates(), functools.partial(console.print, markup=False, soft_wrap=True))


@main.command()
@click.pass_context
def build(context: click.Context) -> None:
    """Build the book: crates first, then pages, if out of date."""
    context.invoke(build_crates)
    log = layout.BUILD / "build.log"
    log.parent.mkdir(exist_ok=True)
    start = time.perf_counter()
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", JUPYTER_BOOK, "build", str(layout.ROOT)],
            cwd=layout.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        assert process.stdout is not None
        said: set[str] = set()
        for line in process.stdout:
            file.write(line)
            announce(line, said)
    if process.wait() != 0:
        show_failure(log)
        raise SystemExit(1)
    index = layout.BUILD / "html" / "index.html"
    console.print(
        f"The book is built, in {time.perf_counter() - start:.0f} s. Open it: {index.as_uri()}",
        soft_wrap=True,
    )


@main.command("formats")
@click.pass_context
def make_formats(context: click.Context) -> None:
    """Build the book, and make PDF, EPUB, notebooks and a zip of it.

    They are put into `_build/html/downloads`. The PDF needs Chromium; without it, all others are made.
    """
    context.invoke(build)
    sys.path.append(str(layout.ROOT / "book" / "_ext"))
    import formats  # it belongs to the book, not to these tools

    with sentences(formats.CannotMake):
        for made in formats.make_all():
            console.print(made, markup=False, soft_wrap=True)


def announce(line: str, said: set[str]) -> None:
    """Say in words what Sphinx is doing, each thing once."""
    if running := re.search(r"\brunning book/(\w+)", line):
        sentence = f"Running {running[1]} …"
    elif "reading sources" in line:
        sentence = "Laying out the pages …"
    else:
        return
    if sentence not in said:
        said.add(sentence)
        console.print(sentence)


TROUBLE = re.compile(
    r"""
    ^.*(?:WARNING|ERROR):\ .+$                                     # what Sphinx complains of
    | An\ error\ occurred\ while\ executing\ the\ following\ cell:\n  # a cell, and what it raised
      (?:(?!Traceback|The\ above\ exception|\ \[mystnb).*\n)+
    | ^The\ book\ cannot\ be\ built:\n.+$                          # a crate that must be built first
    """,
    re.MULTILINE | re.VERBOSE,
)


def show_failure(log: Path) -> None:
    """The parts of Sphinx's log that tell what is wrong, each once; its end, where there are none."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text("utf-8"))
    said = dict.fromkeys(match[0].strip() for match in TROUBLE.finditer(plain))
    console.print("\n".join(said or plain.splitlines()[-30:]), markup=False, soft_wrap=True)
    console.print(f"The book is not built. The whole log: {log.relative_to(layout.ROOT)}")


@main.command()
@click.option("--port", default=8000, show_default=True, help="The port to serve on.")
def serve(port: int) -> None:
    """Serve the built book on a local address, until Ctrl-C."""
    html = layout.BUILD / "html"
    if not (html / "index.html").exists():
        raise click.ClickException("there is no book yet: run workbook build.")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(html))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        raise click.ClickException(f"port {port} is taken: name another with --port.") from None
    console.print(f"The book is at http://127.0.0.1:{port} until you press Ctrl-C.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        console.print()


@main.command()
@click.argument("chapters", nargs=-1, type=Chapter())
def record(chapters: Iterable[layout.Chapter]) -> None:
    """Run chapters again and keep what they print.

    The tests compare with that. Without a name, it is all chapters.
    """
    from nbclient.exceptions import CellExecutionError  # slow to import, and needed here alone

    from workbook import notebooks

    for chapter in chapters or layout.chapters():
        try:
            changed = notebooks.record(chapter)
        except CellExecutionError as error:
            raise click.ClickException(
                f"{chapter.slug} was not recorded, since a cell failed:\n{error}"
            ) from None
        console.print(f"{chapter.slug}: {'recorded' if changed else 'as it was'}")


@main.command("eject")
@click.argument("chapter", type=Chapter())
@click.argument("folder", type=click.Path(path_type=Path))
def eject_crate(chapter: layout.Chapter, folder: Path) -> None:
    """Write a chapter's crate into FOLDER, to stand alone."""
    from workbook import eject  # slow to import, and needed here alone

    with sentences(eject.CannotEject):
        eject.eject(chapter.slug, folder)
    console.print(
        f"{folder} is a package of its own now. Build it: cd {folder} && maturin develop --release",
        soft_wrap=True,
    )


@main.command("doctor")
@click.option("--here", is_flag=True, help="Look at this terminal, not at the book's environment.")
@click.argument("modules", nargs=-1)
def doctor_report(here: bool, modules: tuple[str, ...]) -> None:
    """Say what this machine lacks for the book, and the cure.

    With --here, say what this terminal lacks to build a package of your own, and to import its MODULES.
    """
    if modules and not here:
        raise click.UsageError(f"to look at {modules[0]} in this terminal, say --here.")
    findings = doctor.examine_terminal(modules) if here else doctor.examine()
    console.print(doctor.table(findings), soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise SystemExit(1)


@main.command("checklist")
@click.argument("folder", type=click.Path(path_type=Path))
def check_package(folder: Path) -> None:
    """Try whether the package in FOLDER is ready for strangers.

    It is built, installed where nothing else is, and tried there; FOLDER itself is only read.
    """
    from workbook import checklist  # slow to import, and needed here alone

    with sentences(checklist.NotAPackage), remarks.status("Looking …") as status:
        findings = checklist.examine(folder, status.update)
    console.print(doctor.table(findings), soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise SystemExit(1)


@main.command("new")
@click.argument("slug")
@click.argument("title")
def new_chapter(slug: str, title: str) -> None:
    """Lay down a new chapter SLUG, called TITLE.

    It is made from the smallest one there is.
    """
    with sentences(new.CannotLayDown):
        written = new.lay_down(slug, title)
    for path in written:
        console.print(path.relative_to(layout.ROOT).as_posix())
    console.print(f"Now build and record it: workbook build && workbook record {slug}")


if __name__ == "__main__":
    main()
