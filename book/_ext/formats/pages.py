"""The pages of the built site, as something that is read from front to back takes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
from lxml import etree
from lxml.html import HtmlElement, builder

from workbook import layout

SITE = layout.BUILD / "html"
"""The built site."""

CLUES = ["A first hint", "A second hint", "A solution"]
"""What is folded away below an exercise."""


CASED = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio", "markerunits": "markerUnits"}
"""Names within drawings that HTML does not mind being written small, and XML does."""


class CannotMake(RuntimeError):
    """Why a format cannot be made, and what to do."""


@dataclass(frozen=True)
class Part:
    """Some pages under a heading of their own; the landing page has none."""

    title: str | None
    pages: list[Page]


@dataclass(frozen=True)
class Page:
    """A page of the site without its surroundings, ready to stand in a book."""

    slug: str
    title: str
    body: HtmlElement


def text(name: str) -> str:
    """A setting of the book, such as its title."""
    return str(layout.settings()[name])


def file_name() -> str:
    """What the files are called, but for their endings."""
    return re.sub(r"\W+", "-", text("title").lower()).strip("-")


def published(path: str = "") -> str:
    """The address of a file of the published site."""
    html = layout.settings()["html"]
    assert isinstance(html, dict)
    return urljoin(str(html["baseurl"]), path)


def promise() -> str:
    """What the landing page tells those who look for the book."""
    return str(document("index").find(".//meta[@name='description']").get("content"))


def parts() -> list[Part]:
    """The whole book."""
    return [
        Part(title, [read(chapter) for chapter in chapters])
        for title, chapters in groupby(layout.chapters(), key=lambda chapter: chapter.part)
    ]


def contents(parts: list[Part], address: Callable[[str], str]) -> str:
    """The parts and their pages as a list; `address` says where the page of a slug is."""

    def entries(part: Part) -> str:
        return "".join(
            f'<li><a href="{address(page.slug)}">{escape(page.title)}</a></li>' for page in part.pages
        )

    items = (
        f"<li><span>{escape(part.title)}</span><ol>{entries(part)}</ol></li>" if part.title else entries(part)
        for part in parts
    )
    return f"<ol>{''.join(items)}</ol>"


def read(chapter: layout.Chapter) -> Page:
    """A page, with links that lead to other pages as `slug.html`, and all others to the published site."""
    body = deepcopy(article(chapter).find("section"))
    for useless in body.xpath(
        ".//a[contains(@class, 'headerlink')] | .//script | .//button"
        " | .//div[contains(@class, 'toctree-wrapper')]"
    ):
        useless.drop_tree()
    unfold_tabs(body)
    for summary in body.xpath(".//details[contains(@class, 'hide')]/summary"):
        summary.clear()
        summary.text = "Code"
    leave_out_crates(body, chapter.slug)
    solutions_last(body)
    lead_somewhere(body, chapter.slug)
    heading = body.find(".//h1")
    return Page(chapter.slug, " ".join(heading.text_content().split()), body)


def article(chapter: layout.Chapter) -> HtmlElement:
    """What the site shows of a chapter, without what stands around it."""
    return document(chapter.slug).find_class("bd-article")[0]


def document(slug: str) -> HtmlElement:
    """A page of the site, whole."""
    path = SITE / "book" / f"{slug}.html"
    return lxml.html.parse(path, lxml.html.HTMLParser(encoding="utf-8")).getroot()


def unfold_tabs(body: HtmlElement) -> None:
    """Lay tabs one below the other."""
    for button in body.xpath(".//div[contains(@class, 'sd-tab-set')]/input"):
        button.drop_tree()
    for label in body.xpath(".//div[contains(@class, 'sd-tab-set')]/label"):
        label.tag = "p"
        label.attrib.clear()
        label.set("class", "tab")
        label.text = (label.text or "").strip()


def leave_out_crates(body: HtmlElement, slug: str) -> None:
    """Name the files of a whole crate, which the site folds away, and lead to them."""
    for output in body.find_class("cell_output"):
        files = [fold for fold in output.iterchildren("details") if fold.find("summary/code") is not None]
        if not files:
            continue
        place = published(f"book/{slug}.html#{next(output.iterancestors('section')).get('id')}")
        names = [name for fold in files for name in (builder.CODE(fold.findtext("summary/code")), ", ")][:-1]
        output.insert(
            output.index(files[0]),
            builder.P(builder.CLASS("left-out"), builder.A("On the site", href=place), ": ", *names, "."),
        )
        for fold in files:
            fold.drop_tree()


def solutions_last(body: HtmlElement) -> None:
    """Move hints and solutions to the end of the page, where nobody reads them by accident."""
    answers = builder.SECTION(builder.H2("Hints and solutions"), id="hints-and-solutions")
    for output in body.find_class("cell_output"):
        folds = [fold for fold in output.iterchildren("details") if fold.findtext("summary") in CLUES]
        if not folds:
            continue
        name = output.findtext("p/code/span") or output.findtext("p/code")
        exercise, solution = f"exercise-{name}", f"solution-{name}"
        output.set("id", exercise)
        output.classes.add("exercise")
        output.insert(
            output.index(folds[0]),
            builder.P(builder.CLASS("see"), builder.A("Hints and a solution", href=f"#{solution}")),
        )
        answer = builder.SECTION(builder.H3(builder.A(builder.CODE(name), href=f"#{exercise}")), id=solution)
        for fold in folds:
            summary = fold.find("summary")
            answer.append(builder.P(builder.CLASS("clue"), summary.text))
            summary.drop_tree()
            answer.extend(list(fold))
            fold.drop_tree()
        answers.append(answer)
    if len(answers) > 1:
        body.append(answers)


def lead_somewhere(body: HtmlElement, slug: str) -> None:
    """Make absolute what leads out of the book."""
    known = {f"{chapter.slug}.html" for chapter in layout.chapters()}
    for link in body.xpath(".//a[@href]"):
        address = urlsplit(link.get("href"))
        if not address.scheme and address.path not in known | {""}:
            link.set("href", published(urljoin(f"book/{slug}.html", link.get("href"))))


def links(body: HtmlElement) -> Iterator[tuple[Any, str, str]]:
    """The links within the book: each with the slug of the page that it leads to, or "", and the place."""
    for link in body.xpath(".//a[@href]"):
        address = urlsplit(link.get("href"))
        if not address.scheme:
            yield link, address.path.removesuffix(".html"), address.fragment


def xml(body: HtmlElement) -> str:
    """HTML as XML, drawings too."""
    for element in body.iter(etree.Element):
        if element.tag == "svg":
            element.set("xmlns", "http://www.w3.org/2000/svg")
        for small, cased in CASED.items():
            if small in element.attrib:
                element.set(cased, element.attrib.pop(small))
    return str(etree.tostring(body, encoding="unicode", with_tail=False))


def style(name: str) -> str:
    """A style sheet of ours."""
    return (Path(__file__).parent / f"{name}.css").read_text("utf-8")
