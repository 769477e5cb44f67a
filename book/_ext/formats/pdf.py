"""The book on paper: one long page, which a browser prints."""

from __future__ import annotations

import re
import shutil
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import lxml.html
import pikepdf
from playwright.sync_api import Error, sync_playwright

from formats import pages
from formats.pages import CannotMake, Page, Part

HEADINGS = {"h4": "h5", "h3": "h4", "h2": "h3", "h1": "h2"}
"""Below the titles of parts, those of chapters are the second."""

BOOK = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="author" content="{author}">
<style>{style}</style>
</head>
<body>
<div class="cover">
<p class="title">{title}</p>
<p>{author}</p>
<p class="source"><a href="{site}">{site}</a></p>
</div>
<nav><h1>Contents</h1>{contents}</nav>
{body}
</body>
</html>
"""


def make(folder: Path) -> Path:
    """The whole book. Raises `CannotMake` where there is no browser."""
    target = folder / f"{pages.file_name()}.pdf"
    parts = pages.parts()
    with TemporaryDirectory() as temporary, sync_playwright() as started:
        bound = Path(temporary, "book.html")
        bound.write_text(bind(parts), "utf-8")
        try:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except Error:
            raise CannotMake("The PDF needs a browser: install Chromium, and run this again.") from None
        page = browser.new_page()
        page.goto(bound.as_uri())
        printed = Path(temporary, "book.pdf")
        page.pdf(path=printed, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        browser.close()
        finish(printed, target, [page.title for part in parts for page in part.pages])
    return target


def finish(printed: Path, target: Path, titles: list[str]) -> None:
    """Say who wrote it, mend what the browser got wrong, and save it small."""
    whole = {re.sub(r"\s", "", title): title for title in titles}
    with pikepdf.open(printed) as document:
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
    chapters = [page for part in parts for page in part.pages]
    for page in chapters:
        adapt(page)
    heads = "".join(
        f'@page {page.slug} {{ @top-left {{ content: "{escape(page.title)}" }} }} '
        f"#{page.slug} {{ page: {page.slug} }}\n"
        for page in chapters
    )
    site = (pages.SITE / "_static" / "pygments.css").read_text("utf-8")
    light = "".join(line for line in site.splitlines(True) if 'data-theme="dark"' not in line)
    colours = light.replace('html[data-theme="light"] ', "")
    return BOOK.format(
        title=escape(pages.text("title")),
        author=escape(pages.text("author")),
        site=pages.published(),
        style=f"{colours}\n{pages.style('print')}\n{heads}",
        contents="".join(map(entries, parts)),
        body="".join(map(whole, parts)),
    )


def entries(part: Part) -> str:
    """A part in the table of contents."""
    items = "".join(f'<li><a href="#{page.slug}">{escape(page.title)}</a></li>' for page in part.pages)
    return (f"<p>{escape(part.title)}</p>" if part.title else "") + f"<ol>{items}</ol>"


def whole(part: Part) -> str:
    """A part with its pages."""
    title = f'<div class="part"><h1>{escape(part.title)}</h1></div>' if part.title else ""
    return title + "".join(lxml.html.tostring(page.body, encoding="unicode") for page in part.pages)


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
