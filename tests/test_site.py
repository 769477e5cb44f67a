"""The built book, as a reader's browser gets it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from workbook import layout
from workbook.layout import Chapter

chapters = pytest.mark.parametrize("chapter", layout.chapters(), ids=lambda chapter: chapter.slug)


def page(book: Path, chapter: Chapter) -> BeautifulSoup:
    return BeautifulSoup((book / f"{chapter.slug}.html").read_text("utf-8"), "html.parser")


@chapters
def test_every_cell_of_a_page_was_run(book: Path, chapter: Chapter) -> None:
    cells = page(book, chapter).select("div.cell")
    expected = chapter.text.count("```{code-cell}")
    assert len(cells) == expected, f"book/{chapter.slug}.md has {expected} cells, the page shows {len(cells)}"


@chapters
def test_a_page_shows_tracebacks_only_where_it_means_to(book: Path, chapter: Chapter) -> None:
    shown = len(page(book, chapter).select("div.cell_output .traceback"))
    meant = len(re.findall(r"^:tags: .*raises-exception", chapter.text, re.MULTILINE))
    assert shown == meant


@chapters
def test_no_path_of_this_machine_is_on_a_page(book: Path, chapter: Chapter) -> None:
    text = page(book, chapter).get_text()
    for path in (str(layout.ROOT), str(Path.home())):
        assert path not in text, f"book/{chapter.slug}.md shows {path}"


@chapters
def test_every_picture_has_words(book: Path, chapter: Chapter) -> None:
    article = page(book, chapter).select_one("article")
    assert article is not None
    for picture in article.select("img"):
        assert picture.get("alt"), f"book/{chapter.slug}.md: {picture} has no alt text"
    for drawing in article.select("svg:not(svg svg)"):  # one within another is a part of it
        assert drawing.find("title") or drawing.get("aria-hidden"), (
            f"book/{chapter.slug}.md: a drawing has no title"
        )


@chapters
def test_every_race_is_on_the_page_of_measurements(book: Path, chapter: Chapter) -> None:
    collected = (book / "measurements.html").read_text("utf-8")
    for name in chapter.races:
        assert layout.race_record(name).exists(), f"book/{chapter.slug}.md: {name} left no record"
        assert name in collected, f"book/measurements.md does not show {name}"


def test_the_landing_page_lists_every_chapter_with_minutes_and_exercises(book: Path) -> None:
    index = BeautifulSoup((book / "index.html").read_text("utf-8"), "html.parser")
    rows = {row.a["href"]: row.get_text(" ") for row in index.select("table.contents tr") if row.a}
    for chapter in layout.chapters()[1:]:
        row = rows.get(f"{chapter.slug}.html")
        assert row is not None, f"book/index.md does not list {chapter.slug}"
        assert re.search(r"\d+ min", row)
        if chapter.crate is not None:
            assert re.search(r"\b[3-9] \(\d+ min\)", row), f"{chapter.slug} has fewer than three exercises"


COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]


def variables(css: Path, theme: str) -> dict[str, str]:
    """The colours that a style sheet names for a theme; the light one is also everyone's."""
    blocks = re.findall(r"([^{}]*)\{([^{}]*)\}", css.read_text("utf-8"))
    chosen = [f"data-theme={theme}", *([":root"] if theme == "light" else [])]
    named = [block for where, block in blocks if any(part in where.replace('"', "") for part in chosen)]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{6})", "".join(named)))


def luminance(colour: str) -> float:
    """How bright a colour is, from 0 to 1, as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", COLOURS)
def test_what_is_printed_in_colour_is_legible(book: Path, theme: str, colour: str) -> None:
    static = book.parent / "_static"
    ground = variables(static / "styles" / "pydata-sphinx-theme.css", theme)["pst-color-surface"]
    ours = variables(static / "book.css", theme)[f"book-{colour}"]
    dark, bright = sorted(luminance(shade) for shade in (ground, ours))
    contrast = (bright + 0.05) / (dark + 0.05)
    assert contrast >= 4.5, (
        f"book/_static/book.css: --book-{colour} has contrast {contrast:.1f} in the {theme}"
    )


def test_no_two_sources_are_cited_alike(book: Path) -> None:
    cited: dict[str, str] = {}
    for chapter in layout.chapters():
        for link in page(book, chapter).select(".bibtex-citation a"):
            words, entry = link.get_text(), str(link["href"])
            assert cited.setdefault(words, entry) == entry, f"book/{chapter.slug}.md: {words} is said of two"
    assert len(cited) > 50
