"""The drawings of the book, all of one hand, and the pictures that `make pictures` takes of it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pictures
import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Browser

from workbook import layout
from workbook.layout import ROOT

SVG = "{http://www.w3.org/2000/svg}"
PYTHON, RUST = "#4b8bbe", "#c8622d"
CODE = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"

SHOWN = {
    name: chapter.slug
    for chapter in layout.chapters()
    for name in re.findall(r'^picture\("(\w+)"\)', chapter.text, re.MULTILINE)
}
"""Each drawing, and the page that shows it."""

drawings = pytest.mark.parametrize("name", SHOWN)

HAND = {
    "role": "img",
    "style": "display:block;width:100%;max-width:26rem;height:auto;margin:1.5rem auto",
    "fill": "none",
    "stroke-width": "1.5",
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
    "font-family": "system-ui, sans-serif",
    "font-size": "13.5",
}
"""What all drawings begin with."""

ALLOWED = {
    "stroke": {"currentColor", PYTHON, RUST},
    "fill": {"currentColor", PYTHON, RUST},
    "fill-opacity": {"0.85", "0.2"},  # words that explain; time that is spent
    "opacity": {"0.6"},  # lines
    "rx": {"8"},
    "r": {"3"},
    "stroke-dasharray": {"5 5", "2 6"},  # what is copied, gone or waiting; the border
    "font-family": {CODE},
    "font-size": {"12"},
    "font-weight": {"600"},
    "text-anchor": {"middle", "end"},
}
"""What the parts of a drawing may be given, and the values that there are."""

PLACES = {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "width", "height", "d", "id"}


def drawing(name: str) -> ElementTree.Element:
    return ElementTree.parse(ROOT / "book" / "_static" / f"{name}.svg").getroot()


# One hand


def test_every_drawing_is_shown_by_a_page_or_named_in_the_settings() -> None:
    settings = (ROOT / "_config.yml").read_text("utf-8")
    for path in (ROOT / "book" / "_static").glob("*.svg"):
        assert path.stem in SHOWN or path.name in settings, f"{path.relative_to(ROOT)}: no page shows it"


@drawings
def test_a_drawing_can_be_read_aloud(name: str) -> None:
    root = drawing(name)
    title, description = list(root)[:2]
    where = f"book/_static/{name}.svg"
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc"), (
        f"{where}: title and desc come first"
    )
    assert root.get("aria-labelledby") == f"{name}-title {name}-desc", where
    assert (title.get("id"), description.get("id")) == (f"{name}-title", f"{name}-desc"), where
    assert title.text, where
    assert description.text, where
    assert len(description.text) > 2 * len(title.text), f"{where}: desc says in words all that is to be seen"


@drawings
def test_drawings_are_of_one_hand(name: str) -> None:
    root, where = drawing(name), f"book/_static/{name}.svg"
    first = {key: value for key, value in root.attrib.items() if key not in {"viewBox", "aria-labelledby"}}
    assert first == HAND, where
    assert root.attrib["viewBox"].startswith("0 0 360 "), f"{where}: all are 360 wide"
    head = f"{name}-head"
    for element in root.iter():
        if element is root or element.tag in {f"{SVG}title", f"{SVG}desc"}:
            continue
        if element.tag == f"{SVG}marker":
            assert element.get("id") == head, where
            assert [part.get("d") for part in element] == ["M-6-5 0 0-6 5"], (
                f"{where}: another head of an arrow"
            )
            continue
        for key, value in element.attrib.items():
            if key == "marker-end":
                assert value == f"url(#{head})", where
            elif key not in PLACES:
                assert value in ALLOWED.get(key, set()), f'{where}: {key}="{value}" is none of the hand'


# As a browser draws them

NARROW = 390
"""The width of a telephone."""

MEASURE = """svg => {
  const [left, top, width, height] = svg.getAttribute('viewBox').split(' ').map(Number)
  const scale = svg.getBoundingClientRect().width / width
  const words = [...svg.querySelectorAll('text')].map(text => ({
    text: text.textContent, box: text.getBBox(), size: scale * parseFloat(getComputedStyle(text).fontSize)
  }))
  const lines = [...svg.querySelectorAll('rect, path, circle')].filter(line => !line.closest('marker'))
  const faults = []
  const within = (box, edge) => box.x >= edge && box.y >= edge
    && box.x + box.width <= width - edge && box.y + box.height <= height - edge
  for (const {text, box, size} of words) {
    if (!within(box, -0.5)) faults.push(`${text}: beyond the edge`)
    if (size < 11) faults.push(`${text}: ${size.toFixed(1)} px`)
  }
  for (const line of lines)
    if (!within(line.getBBox(), 0.75)) faults.push(`${line.outerHTML}: beyond the edge`)
  words.forEach((one, place) => words.slice(place + 1).forEach(other => {
    const [a, b] = [one.box, other.box]
    const apart = a.x + a.width <= b.x || b.x + b.width <= a.x
      || a.y + a.height - 3 <= b.y || b.y + b.height - 3 <= a.y
    if (!apart) faults.push(`${one.text}, ${other.text}: one upon the other`)
  }))
  for (const line of lines)
    for (let way = 0; way <= line.getTotalLength(); way += 1) {
      const {x, y} = line.getPointAtLength(way)
      const hit = words.find(({box}) => x > box.x && x < box.x + box.width
        && y > box.y + 3 && y < box.y + box.height - 3)
      if (hit) { faults.push(`${hit.text}: a line goes through it`); break }
    }
  return faults
}"""
"""What is wrong with a drawing: words and lines beyond its edge or upon each other, words too small."""


def faults(browser: Browser, address: str = "", content: str = "", drawn: str = "svg") -> Any:
    page = browser.new_page(viewport={"width": NARROW, "height": 800})
    try:
        if address:
            page.goto(address)
        else:
            page.set_content(content)
        page.evaluate("() => document.fonts.ready.then(() => true)")
        return page.locator(drawn).evaluate(MEASURE)
    finally:
        page.close()


@drawings
def test_a_drawing_is_legible_on_a_telephone(book: Path, browser: Browser, name: str) -> None:
    address = (book / f"{SHOWN[name]}.html").as_uri()
    assert faults(browser, address, drawn=f'svg[aria-labelledby^="{name}-"]') == []


@drawings
def test_a_drawing_is_legible_in_a_notebook(browser: Browser, name: str) -> None:
    text = (ROOT / "book" / "_static" / f"{name}.svg").read_text("utf-8")
    assert faults(browser, content=f"<body style='padding:0 8px'>{text}</body>") == []


@pytest.mark.parametrize(
    ("words", "moved", "fault"),
    [
        pytest.param('"14" y="42"', '"200" y="42"', "beyond the edge", id="beyond the edge"),
        pytest.param('"14" y="42"', '"14" y="30"', "one upon the other", id="words on words"),
        pytest.param('"14" y="42"', '"14" y="56"', "a line goes through", id="line on words"),
        pytest.param('font-size="13.5"', 'font-size="9"', "px", id="too small"),
    ],
)
def test_a_fault_in_a_drawing_is_seen(browser: Browser, words: str, moved: str, fault: str) -> None:
    text = (ROOT / "book" / "_static" / "from_source_to_import.svg").read_text("utf-8")
    assert words in text
    assert fault in " ".join(faults(browser, content=text.replace(words, moved)))


# Of the README, and of messages


def pictures_of_the_readme() -> list[Tag]:
    markup = re.findall(r"<picture>.*?</picture>", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return [tag for text in markup if (tag := BeautifulSoup(text, "html.parser").picture) is not None]


def test_the_readme_shows_each_picture_by_day_and_by_night_and_in_words() -> None:
    shown = pictures_of_the_readme()
    for view, tag in zip(pictures.VIEWS, shown, strict=True):
        assert tag.img is not None
        assert tag.source is not None
        assert tag.img["src"] == f".github/pictures/{view.name}_light.webp"
        assert tag.source["srcset"] == f".github/pictures/{view.name}_dark.webp"
        assert tag.source["media"] == "(prefers-color-scheme: dark)"
        assert len(str(tag.img["alt"])) > 30, f"README.md: the words for {tag.img['src']}"


def alike(one: Image.Image, other: Image.Image) -> float:
    """How much of what is drawn in either of two pictures is drawn in both."""
    both = []
    for picture in (one, other):
        grey = picture.convert("L")
        steps = ImageChops.subtract(
            grey.filter(ImageFilter.MaxFilter(3)), grey.filter(ImageFilter.MinFilter(3))
        )
        both.append(steps.point(lambda step: 255 * (step > 60)))
    drawn = [ImageStat.Stat(way(*both)).sum[0] for way in (ImageChops.darker, ImageChops.lighter)]
    return drawn[0] / drawn[1]


def check(readme: Path, card: Path) -> None:
    """All pictures are there, in their sizes, and the night is darker than the day."""
    names = {f"{view.name}_{theme}.webp" for view in pictures.VIEWS for theme in pictures.THEMES}
    assert {path.name for path in readme.iterdir()} == names
    for view in pictures.VIEWS:
        light, dark = [
            Image.open(io.BytesIO((readme / f"{view.name}_{theme}.webp").read_bytes()))
            for theme in pictures.THEMES
        ]
        assert light.width == dark.width == 2 * view.window[0]
        assert light.height == dark.height
        assert alike(light, dark) > 0.5, f"{view.name}: day and night do not show the same"
        assert ImageStat.Stat(light.convert("L")).mean[0] > 128 > ImageStat.Stat(dark.convert("L")).mean[0]
    for path in readme.iterdir():
        assert path.stat().st_size <= 150_000, f"{path.name} is too heavy"
    with Image.open(card) as opened:
        assert (opened.format, opened.size) == ("PNG", (1200, 630))
        assert len(opened.convert("RGB").getcolors(100_000) or []) > 8, "an empty card"
    assert card.stat().st_size <= 100_000


def test_the_pictures_of_the_readme_and_the_card_are_there() -> None:
    check(pictures.README, pictures.CARD)


def test_make_pictures_takes_all_of_them_from_the_built_book(
    book: Path, browser: Browser, tmp_path: Path
) -> None:
    readme, card, cover = tmp_path / "readme", tmp_path / "card.png", tmp_path / "cover.png"
    pictures.take(browser, readme, card, cover)
    check(readme, card)
    assert cover.is_file()


def test_make_pictures_is_what_the_makefile_says() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^pictures: .*\n(\t.*\n)*\t@\$\(BIN\)/python book/_ext/pictures\.py$", makefile, re.M)
    assert (ROOT / "book" / "_ext" / "pictures.py").is_file()
