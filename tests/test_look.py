"""The look of the built book: its fonts, its colours, and what its cells are called."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import pytest
from abilities import chromium
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document
from executable_book import KINDS, mark_columns
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import RustLexer
from pygments.token import STANDARD_TYPES

from workbook import layout, plots
from workbook.highlighting import Formatter

STYLE = layout.ROOT / "book" / "_static" / "book.css"
FONTS = 100 * 1024
"""What all fonts together may weigh, in bytes."""

TEXT = 4.5
MARK = 3.0
"""The contrasts that WCAG 2 asks for at level AA."""


# Style sheets, as far as the book's own go


class Rule(NamedTuple):
    """A selector and what it declares, within `@media` or nothing."""

    media: str
    selector: str
    declarations: dict[str, str]


def rules(text: str) -> Iterator[Rule]:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    for media, inner, plain, body in re.findall(
        r"@media([^{]*)\{((?:[^{}]*\{[^{}]*\})*[^{}]*)\}|([^{}]+)\{([^{}]*)\}", text
    ):
        blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", inner) if media else [(plain, body)]
        for selector, declared in blocks:
            pairs = re.findall(r"([\w-]+)\s*:\s*([^;]+)", declared)
            yield Rule(media.strip(), selector.strip(), {name: value.strip() for name, value in pairs})


OURS = list(rules(STYLE.read_text("utf-8")))


def palette(theme: str) -> dict[str, str]:
    """The colours by the names that the style sheet gives them, on a screen."""
    found: dict[str, str] = {}
    for rule in OURS:
        if (rule.media, rule.selector) == ("", ":root") or (
            theme == "dark" and (rule.media, rule.selector) == ("screen", 'html[data-theme="dark"]')
        ):
            found |= {name: value for name, value in rule.declarations.items() if value.startswith("#")}
    return found


def luminance(colour: str) -> float:
    """How bright a colour is, from 0 to 1, as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted(luminance(colour) for colour in (one, other))
    return (bright + 0.05) / (dark + 0.05)


# Fonts


def faces() -> list[dict[str, str]]:
    """Those that the book brings, not what stands in for one."""
    declared = [rule.declarations for rule in OURS if rule.selector == "@font-face"]
    return [face for face in declared if "url(" in face["src"]]


def test_every_font_comes_with_the_book_and_text_is_shown_before_it() -> None:
    assert len(faces()) >= 3
    for face in faces():
        address = re.findall(r'url\("([^"]+)"\)', face["src"])
        assert len(address) == 1
        font = STYLE.parent / address[0]
        assert font.is_file(), f"book/_static/book.css names {address[0]}, which is not in book/_static"
        assert font.read_bytes()[:4] == b"wOF2", f"{font.name} is no woff2 file"
        assert face["font-display"] == "swap", (
            f"book/_static/book.css: {address[0]} hides text until it is there"
        )


def test_no_font_is_shipped_that_no_page_can_use() -> None:
    named = {Path(re.findall(r'url\("([^"]+)"\)', face["src"])[0]).name for face in faces()}
    assert {font.name for font in (STYLE.parent / "fonts").glob("*.woff2")} == named


def test_the_fonts_are_light() -> None:
    weight = sum(font.stat().st_size for font in (STYLE.parent / "fonts").glob("*.woff2"))
    assert weight <= FONTS, f"the fonts weigh {weight / 1024:.0f} KiB, and may weigh {FONTS // 1024}"


def test_every_family_is_under_a_licence_that_lies_beside_it() -> None:
    licence = (STYLE.parent / "fonts" / "LICENSE.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    for face in faces():
        family = face["font-family"].strip('"')
        assert re.search(rf"^{family}: +Copyright", licence, re.MULTILINE), (
            f"no copyright notice for {family}"
        )


def test_what_a_page_asks_for_in_its_head_is_there(book: Path) -> None:
    for path in [*book.glob("*.html"), book.parent / "search.html"]:
        page = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        icons = [str(link["href"]) for link in page.select('link[rel="icon"], link[rel="apple-touch-icon"]')]
        (lists,) = re.findall(r"for \(const href of (\[.*?\])\)", str(page.head))
        ahead = json.loads(lists)
        assert len(ahead) == 2
        assert len(icons) == 3, f"{path.name}: an icon in SVG, one for older browsers, and one for telephones"
        for address in [*icons, *ahead]:
            assert (path.parent / urlsplit(address).path).is_file(), f"{path.name} asks for {address}"


# Colours

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
INKS = ["ink", "muted", "python", "rust", "terminal", "other"]
PRINTED = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
CODE = ["keyword", "name", "type", "string", "number", "attribute", "comment"]


@THEMES
@pytest.mark.parametrize("ground", ["page", "plate"])
@pytest.mark.parametrize("name", [*INKS, *PRINTED, *(f"code-{part}" for part in CODE)])
def test_every_colour_of_words_is_legible(theme: str, ground: str, name: str) -> None:
    colours = palette(theme)
    seen = contrast(colours[f"--book-{name}"], colours[f"--book-{ground}"])
    assert seen >= TEXT, f"book.css: --book-{name} has contrast {seen:.1f} with the {ground} in the {theme}"


@THEMES
@pytest.mark.parametrize("colour", plots.PALETTE)
def test_the_colours_of_plots_stand_out_from_the_page(theme: str, colour: str) -> None:
    assert contrast(colour, palette(theme)["--book-page"]) >= MARK


def tokens(static: Path, theme: str) -> dict[str, str]:
    """The colour of each of Pygments' tokens: the theme's, unless `book.css` has another."""
    found = {}
    theirs = re.compile(rf'html\[data-theme="{theme}"\] \.highlight \.(\w+)')
    for rule in rules((static / "pygments.css").read_text("utf-8")):
        token = theirs.fullmatch(rule.selector)
        if token and "color" in rule.declarations:
            found[token[1]] = rule.declarations["color"]
    for rule in OURS:
        for listed in re.findall(r"html:root \.highlight :is\(([^)]*)\)", rule.selector):
            name = re.findall(r"var\((--book-[\w-]+)\)", rule.declarations["color"])[0]
            found |= {token.strip().lstrip("."): palette(theme)[name] for token in listed.split(",")}
    return found


@THEMES
def test_every_token_of_code_is_legible(book: Path, theme: str) -> None:
    colours, coloured = palette(theme), tokens(book.parent / "_static", theme)
    assert len(coloured) >= 60
    for token, colour in coloured.items():
        for ground in ("page", "plate"):
            seen = contrast(colour, colours[f"--book-{ground}"])
            assert seen >= TEXT, (
                f"code of class {token} has contrast {seen:.1f} on the {ground} in the {theme}"
            )


def test_every_token_of_a_page_has_a_colour_of_the_book(book: Path) -> None:
    lists = [re.findall(r"html:root \.highlight :is\(([^)]*)\)", rule.selector) for rule in OURS]
    ours = set(re.findall(r"\w+", str(lists)))
    for page in book.glob("*.html"):
        used = set(re.findall(r'<span class="(\w+)">', page.read_text("utf-8"))) & {*STANDARD_TYPES.values()}
        assert used <= ours, f"{page.name}: {used - ours}, on paper of the colour that it has at night"


def test_only_what_has_a_colour_has_tags() -> None:
    rust = 'fn name(of: &str) -> String { "Ä <".repeat(3) } // as often'
    ours, theirs = (highlight(rust, RustLexer(), form()) for form in (Formatter, HtmlFormatter))
    assert BeautifulSoup(ours, "lxml").get_text() == BeautifulSoup(theirs, "lxml").get_text()
    assert re.findall(r'class="(\w+)">([^<]+)', ours) == [
        ("k", "fn"),
        ("nf", "name"),
        ("kp", "&amp;"),
        ("kt", "str"),
        ("nb", "String"),
        ("s", '"Ä &lt;"'),
        ("mi", "3"),
        ("c1", "// as often"),
    ]


# Cells


def test_every_cell_says_what_it_is_written_in(book: Path) -> None:
    kinds = {"cell_python", *(kind for kind, _ in KINDS)}
    for kind in kinds:
        assert any(
            f"div.cell.{kind} div.cell_input" in rule.selector and "--name" in rule.declarations
            for rule in OURS
        ), f"book/_static/book.css has no --name for cells of {kind}"
    for path in book.glob("*.html"):
        for cell in BeautifulSoup(path.read_text("utf-8"), "html.parser").select("div.cell"):
            assert len(kinds & set(cell["class"])) == 1, f"{path.name}: {cell.get_text()[:80]}"


def test_the_names_on_cells_are_not_read_aloud() -> None:
    contents = [rule.declarations.get("content", "") for rule in OURS]
    spoken = [content for content in contents if "--name" in content]
    assert spoken
    assert all(content.endswith('/ ""') for content in spoken)


# What was printed


@pytest.mark.parametrize(
    ("printed", "columns"),
    [
        pytest.param("rules      1,488\nnames        387", True, id="a table"),
        pytest.param("30 25 backup\n   ^ hour 25 is not in 0-23", True, id="a mark under its place"),
        pytest.param("├── src\n└── Cargo.toml", True, id="a tree"),
        pytest.param("$ grep '^[lib]' Cargo.toml\n⚠️  Warning: none", False, id="a command"),
        pytest.param("note: a\n  that goes on, indented", False, id="a message"),
        pytest.param("\x1b[1m\x1b[32m   Compiling\x1b[0m pyo3 v0.30.1", False, id="a message in colour"),
    ],
)
def test_columns_are_told_from_lines_that_may_be_broken(printed: str, columns: bool) -> None:
    page = new_document("page")
    page += nodes.literal_block(printed, printed, classes=["output", "stream"])
    mark_columns(cast("Any", None), page)
    assert ("columns" in page[0]["classes"]) == columns


CUT_OFF = """() => [...document.querySelectorAll(".cell_output .output pre")]
  .filter((block) => block.scrollWidth > block.clientWidth + 1)
  .map((block) => [block.closest(".output").classList.contains("columns"), block.textContent.slice(0, 80)])
"""


def test_on_a_telephone_only_columns_are_scrolled_and_on_a_screen_nothing_that_was_printed(
    book: Path,
) -> None:
    page = (book / "first_package.html").as_uri()  # has the longest lines, and the compiler's marks
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 1366, "height": 900})
        tab.goto(page)
        assert tab.evaluate(CUT_OFF) == []
        tab.set_viewport_size({"width": 390, "height": 900})
        scrolled = tab.evaluate(CUT_OFF)
    assert scrolled
    assert [text for columns, text in scrolled if not columns] == []


BROKEN = """() => [...document.querySelectorAll(".bd-article p > code .pre")]
  .filter((word) => word.textContent.length < 28 && word.getClientRects().length > 1)
  .map((word) => word.textContent)
"""


def test_on_a_telephone_no_short_name_in_a_sentence_is_broken(book: Path) -> None:
    page = (book / "first_package.html").as_uri()  # would have `#` at a line's end, and its attribute below
    with chromium() as browser:
        tab = browser.new_page(viewport={"width": 390, "height": 900})
        tab.goto(page)
        assert tab.evaluate(BROKEN) == []
