"""The book on paper: one long page, which a browser prints."""

from __future__ import annotations

import re
from html import escape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html
import pikepdf
from browser import NoBrowser, chromium
from playwright.sync_api import Page as Sheet

from formats import pages
from formats.cover import front
from formats.pages import CannotMake, Page, Part

STYLES = (
    pages.SITE / "_static" / "pygments.css",
    pages.SITE / "_static" / "book.css",
    Path(__file__).parent / "print.css",
)
HEADINGS = {"h4": "h5", "h3": "h4", "h2": "h3", "h1": "h2"}
"""Below the titles of parts, those of chapters are the second."""

BOOK = """\
<!DOCTYPE html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="author" content="{author}">
{styles}
<style>{heads}</style>
</head>
<body class="bd-content">
{front}
<nav><h1>Contents</h1>{contents}</nav>
<article class="bd-article">
{body}
</article>
</body>
</html>
"""

EMOJI = re.compile("(?:[\U0001f000-\U0001faff\u2728]|.(?=\ufe0f))\ufe0f? ?")
"""What paper has no ink for: it would be drawn anew each time, or be an empty box where there is no font."""

NUMBER = """numbers => {
  for (const link of document.querySelectorAll('nav a'))
    link.dataset.page = numbers[link.getAttribute('href').slice(1)]
}"""
"""Puts the number of its page beside each title of the contents, where `print.css` shows it."""


def make(folder: Path) -> Path:
    """The whole book. Raises `CannotMake` where there is no browser."""
    target = folder / f"{pages.file_name()}.pdf"
    parts = pages.parts()
    try:
        with chromium() as browser:
            sheet = browser.new_page()
            lay_out(parts, sheet)
            sheet.evaluate(NUMBER, numbers(sheet.pdf(prefer_css_page_size=True)))
            printed = sheet.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    except NoBrowser:
        raise CannotMake("The PDF needs a browser: install Chromium, and run this again.") from None
    finish(printed, target, [page.title for part in parts for page in part.pages])
    return target


def lay_out(parts: list[Part], sheet: Sheet) -> None:
    """Open the book in a browser."""
    with TemporaryDirectory() as temporary:
        bound = Path(temporary, "book.html")
        bound.write_text(bind(parts), "utf-8")
        sheet.goto(bound.as_uri())
        sheet.evaluate("() => document.fonts.ready.then(() => true)")


def numbers(printed: bytes) -> dict[str, int]:
    """The number of the page on which a place stands, for each that is linked to: only a print can tell."""
    with pikepdf.open(BytesIO(printed)) as document:
        order = {page.obj.objgen: number for number, page in enumerate(document.pages, start=1)}
        places = document.Root.Dests.items()
        return {name.removeprefix("/"): order[place[0].objgen] for name, place in places}


def finish(printed: bytes, target: Path, titles: list[str]) -> None:
    """Say who wrote it, mend what the browser got wrong, and save it small."""
    whole = {re.sub(r"\s", "", title): title for title in titles}
    with pikepdf.open(BytesIO(printed)) as document:
        document.docinfo["/Author"] = pages.text("author")
        document.docinfo["/Creator"] = pages.published()
        with document.open_outline() as outline:
            for part in outline.root:
                for chapter in part.children:  # a title of two lines has lost the space between them
                    chapter.title = whole.get(re.sub(r"\s", "", chapter.title), chapter.title)
        document.Root.PageMode = pikepdf.Name.UseOutlines
        document.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def bind(parts: list[Part]) -> str:
    """One page of HTML with all pages of the site in it."""
    author, site = escape(pages.text("author")), pages.published()
    chapters = [page for part in parts for page in part.pages]
    for page in chapters:
        adapt(page)
    heads = "".join(
        f'@page {page.slug} {{ @top-left {{ content: "{escape(page.title)}" }} }} '
        f"#{page.slug} {{ page: {page.slug} }}\n"
        for page in chapters
    )
    below = f'<p class="below">{author}<br><a href="{site}">{site}</a></p>'
    return BOOK.format(
        title=escape(pages.text("title")),
        author=author,
        styles="\n".join(f'<link rel="stylesheet" href="{style.as_uri()}">' for style in STYLES),
        heads=heads,
        front=front(below),
        contents=pages.contents(parts, "#{}".format),
        body="".join(map(whole, parts)),
    )


def whole(part: Part) -> str:
    """A part with its pages."""
    title = f'<div class="part"><h1>{escape(part.title)}</h1></div>' if part.title else ""
    body = "".join(lxml.html.tostring(page.body, encoding="unicode") for page in part.pages)
    return title + EMOJI.sub("", body)


def adapt(page: Page) -> None:
    """Give a page names that are its own, links that lead to them, and nothing that must be opened."""
    for fold in page.body.xpath(".//details[contains(@class, 'hide')]"):
        fold.drop_tree()
    for fold in page.body.iter("details"):
        fold.set("open", "")
    for element in page.body.iter(*HEADINGS):
        element.tag = HEADINGS[element.tag]
    for link, slug, place in pages.links(page.body):
        link.set("href", name(slug or page.slug, place))
    for element in page.body.xpath(".//*[@id]"):
        element.set("id", name(page.slug, element.get("id")).removeprefix("#"))
    for element in page.body.xpath(".//*[@aria-labelledby]"):
        names = element.get("aria-labelledby").split()
        element.set("aria-labelledby", " ".join(f"{page.slug}--{one}" for one in names))
    page.body.set("class", "chapter")
    page.body.set("id", page.slug)


def name(slug: str, place: str) -> str:
    """Where a place of a page is in the one page of all."""
    return f"#{slug}--{place}" if place else f"#{slug}"
