"""The pictures of the book that are shown elsewhere: `make pictures` takes them from the book that is built.

For the README the first page, a race and an exercise, by day and by night, in `.github/pictures`; and the
card that stands beside the book's address in messages, `book/_static/social_card.png`.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from workbook import layout

BOOK = layout.BUILD / "html" / "book"
README = layout.ROOT / ".github" / "pictures"
CARD = layout.ROOT / "book" / "_static" / "social_card.png"
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

FRONT = """\
<style>
  .front {{ display: flex; align-items: center; gap: 56px; width: 1200px; height: 630px;
    padding: 72px; box-sizing: border-box; color: var(--pst-color-text-base);
    background: var(--pst-color-background) }}
  .front h1 {{ margin: 0 0 32px; font-size: 72px; line-height: 1.1; text-wrap: balance; color: inherit }}
  .front p {{ margin: 0; font-size: 32px; line-height: 1.4 }}
  .front svg {{ flex: none; width: 320px; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round }}
  .front text {{ font-size: 34px; font-weight: 600; text-anchor: middle; fill: currentColor; stroke: none }}
</style>
<div class="front">
  <div><h1>{title}</h1><p>{promise}</p></div>
  <svg viewBox="0 0 320 384" fill="none" stroke="currentColor">
    <rect x="2" y="2" width="316" height="110" rx="16" stroke="var(--book-python)"/>
    <rect x="2" y="272" width="316" height="110" rx="16" stroke="var(--book-rust)"/>
    <path d="M2 192h316" stroke-dasharray="2 12"/>
    <path d="M92 132v120m-16-18 16 18 16-18M228 252v-120m-16 18 16-18 16 18"/>
    <text x="160" y="69">Python</text>
    <text x="160" y="339">Rust</text>
  </svg>
</div>"""
"""The front of the card."""


def opened(page: Page, name: str, theme: str) -> None:
    """Open a page of the book in a theme, with its fonts there and nothing in motion."""
    page.emulate_media(reduced_motion="reduce", color_scheme="dark" if theme == "dark" else "light")
    page.goto((BOOK / f"{name}.html").as_uri())
    page.evaluate("theme => document.documentElement.setAttribute('data-theme', theme)", theme)
    page.evaluate("() => document.fonts.ready.then(() => true)")


def image(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def card(page: Page) -> Image.Image:
    """The title, what the book promises, and a call that goes to Rust and back, set as the book is."""
    title = str(layout.settings()["title"])
    page.set_viewport_size({"width": 1200, "height": 630})
    opened(page, "index", "dark")
    promise = page.locator("meta[name=description]").get_attribute("content") or ""
    html = FRONT.format(title=escape(title), promise=escape(promise))
    page.evaluate("html => { document.body.innerHTML = html }", html)
    return image(page.screenshot()).quantize(128, dither=Image.Dither.NONE)


@contextmanager
def pages(browser: Browser, scale: int) -> Iterator[Page]:
    page = browser.new_page(device_scale_factor=scale)
    yield page
    page.close()


def take(browser: Browser, folder: Path = README, card_file: Path = CARD) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with pages(browser, 2) as page:
        for view in VIEWS:
            for theme in THEMES:
                taken = view.take(page, theme)
                taken.save(folder / f"{view.name}_{theme}.webp", quality=80, method=6)
    with pages(browser, 1) as page:
        card(page).save(card_file, optimize=True)


def main() -> None:
    with sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except Error as error:
            sys.exit(f"The pictures need Chromium: playwright install chromium\n{error}")
        take(browser)
        browser.close()


if __name__ == "__main__":
    main()
