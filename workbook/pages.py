"""What the landing page says of the others: the map of the book, and where and when it was run."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import groupby

from workbook import layout, records
from workbook.crates import rustc_version
from workbook.exercises import MINUTES, exercises
from workbook.results import Scaling
from workbook.rust import shown_items

WORDS_A_MINUTE = 180
"""How fast prose with code in it is read, with a look at each result."""

LINES_A_MINUTE = 20
"""How fast code that is new to the reader is read."""


@dataclass(frozen=True)
class Markup:
    """HTML for the page, and the same in plain words for terminals."""

    markup: str
    plain: str

    def __str__(self) -> str:
        return self.plain

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"text/plain": self.plain, "text/html": self.markup}


def picture(name: str) -> Markup:
    """A drawing of the book, `book/_static/<name>.svg`, inline, so that it takes the page's own colours."""
    drawing = (layout.ROOT / "book" / "_static" / f"{name}.svg").read_text("utf-8")
    title = re.search(r"<title[^>]*>(.*?)</title>", drawing, re.DOTALL)
    if title is None:
        raise ValueError(f"book/_static/{name}.svg has no title, which says what it shows: give it one")
    return Markup(drawing, html.unescape(title[1].strip()))


def reading_minutes(page: layout.Chapter) -> int:
    """How long a page takes to read, to the nearest five minutes, its exercises aside."""
    text = re.sub(r"\A---\n.*?\n---\n", "", page.text, flags=re.DOTALL)
    text = re.sub(r" <[^>`]*>`", "`", text)  # where a word leads is not read
    cells = re.findall(r"^```\{code-cell\}.*?^```$", text, flags=re.DOTALL | re.MULTILINE)
    folded = re.compile(r"^:tags: .*(hide|remove)-(input|cell)", re.MULTILINE)
    shown = [cell for cell in cells if not folded.search(cell)]
    words = len(re.sub(r"^```\{code-cell\}.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE).split())
    lines: int = sum(cell.count("\n") for cell in shown)
    if page.crate is not None:
        lines += sum(item.text.count("\n") + 1 for item in shown_items(text, page.crate))
    minutes = words / WORDS_A_MINUTE + lines / LINES_A_MINUTE
    return max(5, 5 * round(minutes / 5))


def exercises_in_words(page: layout.Chapter) -> str:
    """How many exercises a page has, and how long they take: "3 (25 min)"."""
    found = exercises(page.crate) if page.crate is not None else []
    return f"{len(found)} ({sum(MINUTES[exercise.kind] for exercise in found)} min)" if found else "–"


def contents() -> Markup:
    """The map of the book: its parts and pages in order, with minutes and exercises."""
    pages = [page for page in layout.chapters() if page.part is not None]
    rows, plain = [], []
    for part, members in groupby(pages, key=lambda page: page.part):
        rows.append(f'<tr><th colspan="3" scope="rowgroup">{html.escape(str(part))}</th></tr>')
        plain.append(str(part))
        for page in members:
            minutes, tasks = f"{reading_minutes(page)} min", exercises_in_words(page)
            title = html.escape(page.title.replace("`", ""))
            rows.append(
                f'<tr><td><a href="{page.slug}.html">{title}</a></td><td>{minutes}</td><td>{tasks}</td></tr>'
            )
            plain.append(f"  {page.title}: {minutes}, exercises: {tasks}")
    head = '<tr><th scope="col">Chapter</th><th scope="col">To read</th><th scope="col">Exercises</th></tr>'
    markup = f'<table class="contents"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'
    return Markup(markup, "\n".join(plain))


def colophon() -> Markup:
    """On what machine, with what and when the book was run."""
    names = [name for page in layout.chapters() for name in page.races]
    raced = [race for race in map(records.load, names) if race is not None]
    days = sorted((race.largest if isinstance(race, Scaling) else race).day for race in raced)
    when = ""
    if days:
        when = f" on {days[0]}" if days[0] == days[-1] else f" between {days[0]} and {days[-1]}"
    rustc = rustc_version()
    text = f"Every result in this book was computed{when} on {records.machine()}, with rustc {rustc}."
    return Markup(f"<p>{html.escape(text)}</p>", text)
