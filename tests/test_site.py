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


def test_no_two_sources_are_cited_alike(book: Path) -> None:
    cited: dict[str, str] = {}
    for chapter in layout.chapters():
        for link in page(book, chapter).select(".bibtex-citation a"):
            words, entry = link.get_text(), str(link["href"])
            assert cited.setdefault(words, entry) == entry, f"book/{chapter.slug}.md: {words} is said of two"
    assert len(cited) > 50
