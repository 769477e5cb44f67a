"""The pictures of the book that are shown elsewhere: `make pictures` takes them from the book that is built.

For the README the first page, a race and an exercise, by day and by night, in `.github/pictures`; the card
that stands beside the book's address in messages, `book/_static/social_card.png`; and the cover of the EPUB.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from browser import NoBrowser, chromium
from formats import epub, pdf
from formats.cover import front
from PIL import Image
from playwright.sync_api import Browser, Page

from workbook import layout

BOOK = layout.BUILD / "html" / "book"
README = layout.ROOT / ".github" / "pictures"
CARD = layout.ROOT / "book" / "_static" / "social_card.png"
COVER = epub.COVER
THEMES = ("light", "dark")

ALONE = """cell => {
  const article = cell.closest('article')
  article.replaceChildren(cell)
  for (let part = article; part !== document.body; part = part.parentElement)
    for (const other of part.parentElement.children)
      if (other !== part) other.style.display = 'none'
  article.style = `position: fixed; inset: 0 auto auto 0; box-sizing: border-box;
    width: 100vw; max-width: none; margin: 0; padding: 20px; background: var(--pst-color-background)`
}"""
"""Leaves of a page a cell, and nothing of what comes and goes around it."""


@dataclass(frozen=True)
class View:
    """What is taken of a page: the cell in which some words stand, or what fits the window."""

    name: str
    page: str
    window: tuple[int, int]
    words: str = ""

    def take(self, page: Page, theme: str) -> Image.Image:
        width, height = self.window
        page.set_viewport_size({"width": width, "height": height})
        opened(page, self.page, theme)
        if not self.words:
            return image(page.screenshot())
        page.locator("div.cell", has_text=self.words).first.evaluate(ALONE)
        return image(page.locator("article").screenshot())


VIEWS = (
    View("index", "index", (1200, 750)),
    View("race", "error_handling", (960, 1600), '"error-handling-crontab"'),
    View("exercise", "first_package", (960, 1600), '"count_visits"'),
)

CARD_STYLE = """
  .front { display: flex; align-items: center; gap: 56px; width: 1200px; height: 630px;
    padding: 72px; box-sizing: border-box; color: var(--pst-color-text-base);
    background: var(--pst-color-background) }
  .front p { margin: 0; font-size: 32px; line-height: 1.4 }
  .front .title { margin: 0 0 32px; font-size: 72px; font-weight: 600; line-height: 1.1;
    letter-spacing: -0.015em; text-wrap: balance }
  .front svg { flex: none; width: 320px; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round }
  .front text { font-size: 34px; font-weight: 600; text-anchor: middle; fill: currentColor; stroke: none }
"""


def opened(page: Page, name: str, theme: str) -> None:
    """Open a page of the book in a theme, with its fonts there and nothing in motion."""
    page.emulate_media(reduced_motion="reduce", color_scheme="dark" if theme == "dark" else "light")
    page.goto((BOOK / f"{name}.html").as_uri())
    page.evaluate("theme => document.documentElement.setAttribute('data-theme', theme)", theme)
    page.evaluate("() => document.fonts.ready.then(() => true)")


def image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def card(page: Page) -> Image.Image:
    """The front of the book, set as its pages are by night."""
    page.set_viewport_size({"width": 1200, "height": 630})
    opened(page, "index", "dark")
    html = f"<style>{CARD_STYLE}</style>{front()}"
    page.evaluate("html => { document.body.innerHTML = html }", html)
    return few_colours(page.screenshot())


def cover(page: Page) -> Image.Image:
    """The first page of the PDF."""
    page.set_viewport_size({"width": 794, "height": 1123})  # A4
    pdf.lay_out([], page)
    return few_colours(page.screenshot())


def few_colours(png: bytes) -> Image.Image:
    return image(png).quantize(128, dither=Image.Dither.NONE)


@contextmanager
def pages(browser: Browser, scale: int) -> Iterator[Page]:
    page = browser.new_page(device_scale_factor=scale)
    yield page
    page.close()


def take(browser: Browser, folder: Path = README, card_file: Path = CARD, cover_file: Path = COVER) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with pages(browser, 2) as page:
        for view in VIEWS:
            for theme in THEMES:
                taken = view.take(page, theme)
                taken.save(folder / f"{view.name}_{theme}.webp", quality=80, method=6)
        cover(page).save(cover_file, optimize=True)
    with pages(browser, 1) as page:
        card(page).save(card_file, optimize=True)


def main() -> None:
    try:
        with chromium() as browser:
            take(browser)
    except NoBrowser as reason:
        sys.exit(f"The pictures need Chromium: playwright install chromium\n{reason}")


if __name__ == "__main__":
    main()
