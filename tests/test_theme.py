"""A theme that no longer writes what the book mends stops the build, and the build says so."""

from __future__ import annotations

import re
from pathlib import Path

import mended_theme
import pytest
from mended_theme import MENDS, STYLES, THEME, ThemeHasChanged
from sandbox import HEADER, SETTINGS, Sandbox, contents


class BookOfAnotherTheme(Sandbox):
    """A book of two pages, whose theme has another search button."""

    def __init__(self) -> None:
        super().__init__("theme")
        self.copy([*SETTINGS, "rust_examples/Cargo.toml", "rust_examples/Cargo.lock"])
        self.write("book/references.bib", "")
        self.write("_toc.yml", contents("small"))
        for page in ("index", "small"):
            self.write(f"book/{page}.md", f"{HEADER}# A page\n")
        self.write("book/_templates/search-button-field.html", "<button class='find'>Find</button>")


def test_a_page_of_a_changed_theme_stops_the_build() -> None:
    built = BookOfAnotherTheme().build()
    assert built.code != 0
    assert "the theme no longer writes what is mended here: (<button class=" in built.output, built.output


@pytest.mark.parametrize(("sign", "wanted", "given"), MENDS, ids=[wanted for _, wanted, _ in MENDS])
def test_a_page_that_lacks_what_is_mended_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, sign: str, wanted: str, given: str
) -> None:
    monkeypatch.setattr(mended_theme, "MENDS", [(sign, wanted, given)])
    with pytest.raises(ThemeHasChanged, match=re.escape(wanted)):
        mended_theme.mended(f"<html>{sign}</html>")


def test_each_sign_of_what_is_mended_is_on_some_page(book: Path) -> None:
    pages = [path.read_text("utf-8") for path in book.glob("*.html")]
    for sign, wanted, _ in MENDS:
        there = any(sign in page for page in pages)
        mended_away = sign != "" and wanted.endswith(sign)
        assert there != mended_away, (
            f"{sign!r} is {'left' if there else 'on no page'}, to be mended: {wanted}"
        )


def test_the_theme_is_mended_as_it_is() -> None:
    assert "font/woff;base64" in mended_theme.with_icons({"fa-download"})


CHANGED_SHEETS = {
    "other names of icons": (".fa-", ".icon-"),
    "other fonts": (".ttf", ".otf"),
}


@pytest.mark.parametrize(("words", "others"), CHANGED_SHEETS.values(), ids=CHANGED_SHEETS.keys())
def test_a_style_sheet_with_other_icons_stops_the_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: str, others: str
) -> None:
    sheet = (THEME / STYLES).read_text("utf-8")
    (tmp_path / STYLES).parent.mkdir()
    (tmp_path / STYLES).write_text(sheet.replace(words, others), "utf-8")
    monkeypatch.setattr(mended_theme, "THEME", tmp_path)
    with pytest.raises(ThemeHasChanged, match="of icons are not where they were in the theme's styles"):
        mended_theme.with_icons({"fa-download"})
