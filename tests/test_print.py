"""The book on paper: each page is looked at for what none may have. That it would be seen is tested, too."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from abilities import program
from playwright.sync_api import Browser, Page, ViewportSize, expect

from workbook import layout

PAGES = [chapter.slug for chapter in layout.chapters()]
PAPER: ViewportSize = {"width": 673, "height": 986}
"""A4 without the margins of the book's pages."""

NOT_PRINTED = "button, dialog, aside, .bd-sidebar, .bd-header-article, .prev-next-area, .headerlink"

FAULTS = """(unwanted) => {
  const faults = [];
  const fault = (part, what) => faults.push(`${part.outerHTML.slice(0, 80)} ${what}`);
  for (const part of document.querySelectorAll(unwanted)) {
    if (part.checkVisibility() && part.getBoundingClientRect().width > 1) fault(part, "is printed");
  }
  for (const block of document.querySelectorAll("pre, table, figure, img, svg:not(svg svg)")) {
    const { left, right } = block.getBoundingClientRect();
    if (Math.max(right, left + block.scrollWidth) > innerWidth + 1) fault(block, "is wider than the paper");
    for (let box = block; box.matches("main *"); box = box.parentElement) {
      if (getComputedStyle(box).overflow === "visible") continue;
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
        fault(block, "is cut off");
    }
  }
  return faults;
}"""


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport=PAPER, color_scheme="light")
    yield page
    page.close()


def printed(tab: Page) -> bytes:
    """What the printer would be sent."""
    return tab.pdf(format="A4", prefer_css_page_size=True)


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def faults(tab: Page) -> list[str]:
    """All that is wrong with a page as it is printed."""
    tab.emulate_media(media="print")
    found: list[str] = tab.evaluate(FAULTS, NOT_PRINTED)
    headings = {bare(text) for text in tab.locator("h1, h2, h3, h4").all_inner_texts()} - {""}
    command = [program("pdftotext"), "-", "-"]
    said = subprocess.run(command, input=printed(tab), stdout=subprocess.PIPE, check=True).stdout.decode()
    for number, sheet in enumerate(said.split("\f")[:-2], start=1):
        found += [f"{text} ends sheet {number}" for text in headings if bare(sheet).endswith(text)]
    return found


@pytest.mark.parametrize("slug", PAGES)
def test_a_page_is_printed_whole_and_nothing_else_with_it(tab: Page, book: Path, slug: str) -> None:
    tab.goto((book / f"{slug}.html").as_uri())
    found = faults(tab)
    assert not found, "\n".join([f"{slug}:", *found])


PLANTED = {
    "a button": ("<button>Copy</button>", "is printed"),
    "a sidebar": ("<div class='bd-sidebar'>Contents</div>", "is printed"),
    "a link to a heading": ("<a class='headerlink' href='#'>#</a>", "is printed"),
    "a long line of code": (f"<pre>{'long ' * 50}</pre>", "is wider than the paper"),
    "a wide drawing": ("<svg width='900' height='9'></svg>", "is wider than the paper"),
    "a box that scrolls": (
        f"<div style='overflow-x:auto'><pre>{'long ' * 50}</pre></div>",
        "is cut off",
    ),
    "a box that is too low": (
        f"<pre style='overflow:hidden;height:3em'>{'line<br>' * 50}</pre>",
        "is cut off",
    ),
    "a heading alone": (
        "<div style='height:240mm'></div><h2 style='break-after:auto'>A heading</h2><div>"
        "<p style='break-inside:avoid;height:200mm'>text</p></div>",
        "Aheading ends sheet 1",
    ),
}

FRAME = "<!DOCTYPE html><style>@page {{ margin: 18mm 16mm }}</style><body style='margin:0'><main>{}</main>"


@pytest.mark.parametrize(("fault", "said"), PLANTED.values(), ids=PLANTED.keys())
def test_a_fault_on_paper_would_be_seen(tab: Page, fault: str, said: str) -> None:
    tab.set_content(FRAME.format(fault))
    found = faults(tab)
    assert any(sentence.endswith(said) for sentence in found), found


def test_a_sheet_without_a_fault_is_seen_as_such(tab: Page) -> None:
    tab.set_content(FRAME.format("<h2>A heading</h2><pre>code</pre>"))
    assert faults(tab) == []


def ink(tab: Page) -> list[bytes]:
    """What is drawn on each sheet."""
    with pikepdf.open(BytesIO(printed(tab))) as document:
        return [sheet.Contents.read_bytes() for sheet in document.pages]


@pytest.mark.parametrize("slug", ["index", "error_handling", "memory_management"])
def test_what_is_read_in_the_dark_is_printed_as_in_the_light(tab: Page, book: Path, slug: str) -> None:
    drawn = []
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        tab.goto((book / f"{slug}.html").as_uri())
        expect(tab.locator("html")).to_have_attribute("data-theme", theme)
        drawn.append(ink(tab))
    assert drawn[0] == drawn[1]
