"""What search engines, and messages with an address in them, are told of each page."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
import sharing
import yaml
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.utils import new_document

from workbook import layout
from workbook.layout import ROOT, Chapter

chapters = pytest.mark.parametrize("chapter", layout.chapters(), ids=lambda chapter: chapter.slug)


def settings() -> dict[str, str]:
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    return {"title": config["title"], "base": config["html"]["baseurl"]}


def head(page: Path) -> dict[str, str]:
    """What a page says of itself; each thing once."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    lines = soup.select('head :is(meta[name="description"], meta[name^="twitter:"], meta[property^="og:"])')
    said = [(str(line.get("name") or line["property"]), str(line["content"])) for line in lines]
    said += [("canonical", str(link["href"])) for link in soup.select('head link[rel="canonical"]')]
    assert not [name for name, times in Counter(name for name, _ in said).items() if times > 1], page.name
    return dict(said)


@chapters
def test_a_page_says_what_it_is_about_in_its_own_first_words(book: Path, chapter: Chapter) -> None:
    said = head(book / f"{chapter.slug}.html")
    about = said["description"]
    assert 20 <= len(about) <= sharing.LENGTH, f"book/{chapter.slug}.md: {about!r}"
    article = BeautifulSoup((book / f"{chapter.slug}.html").read_text("utf-8"), "html.parser").article
    assert article is not None
    for citation in article.select(".bibtex-citation"):
        citation.decompose()
    words = re.sub(r" (?=[.,])", "", " ".join(article.get_text().split()))
    assert about.removesuffix(" …") in words, f"book/{chapter.slug}.md"
    assert said["og:description"] == about


def test_no_two_pages_say_the_same_of_themselves(book: Path) -> None:
    said = Counter(head(book / f"{chapter.slug}.html")["description"] for chapter in layout.chapters())
    assert max(said.values()) == 1, said.most_common(1)


@chapters
def test_a_message_with_the_address_of_a_page_shows_title_words_and_card(
    book: Path, chapter: Chapter
) -> None:
    said, config = head(book / f"{chapter.slug}.html"), settings()
    assert said["og:title"] == chapter.title.replace("`", "")
    assert said["og:site_name"] == config["title"]
    assert said["og:url"] == said["canonical"] == urljoin(config["base"], f"book/{chapter.slug}.html")
    assert said["twitter:card"] == "summary_large_image"
    assert said["og:image:alt"]
    place = said["og:image"].removeprefix(config["base"])
    assert (book.parent / place).read_bytes() == (ROOT / "book" / place).read_bytes()


@pytest.mark.parametrize("name", ["search", "genindex"])
def test_a_page_that_is_not_of_the_book_says_what_the_book_is_about(book: Path, name: str) -> None:
    said = head(book.parent / f"{name}.html")
    assert said["description"] == head(book / "index.html")["description"]


def test_the_bare_address_leads_to_the_first_page_and_says_what_that_says(book: Path) -> None:
    front = BeautifulSoup((book.parent / "index.html").read_text("utf-8"), "html.parser")
    assert front.select_one('meta[http-equiv="refresh"][content$="url=book/index.html"]')
    bare, first = head(book.parent / "index.html"), head(book / "index.html")
    assert bare["canonical"] == bare["og:url"] == settings()["base"]
    for name in ("description", "og:title", "og:description", "og:image", "twitter:card"):
        assert bare[name] == first[name]


def test_the_map_of_the_site_lists_every_page(book: Path) -> None:
    listed = {place.text for place in ElementTree.parse(book.parent / "sitemap.xml").iter() if place.text}
    expected = {urljoin(settings()["base"], f"book/{chapter.slug}.html") for chapter in layout.chapters()}
    assert {place for place in listed if place.strip()} == expected


@pytest.mark.parametrize(
    ("first", "shown"),
    [
        pytest.param("Short.\nAnd over.", "Short. And over.", id="short"),
        pytest.param(f"{'word ' * 20}end. {'word ' * 40}", f"{'word ' * 20}end.", id="whole sentences"),
        pytest.param(f"Yes. {'word ' * 50}", f"Yes. {'word ' * 37}word …", id="whole words"),
        pytest.param("A table, as it is:", "A table, as it is …", id="colon"),
        pytest.param('<b> & "more"', '<b> & "more"', id="signs"),
    ],
)
def test_a_description_ends_with_a_sentence_or_with_a_word(first: str, shown: str) -> None:
    page = new_document("page")
    page += nodes.section("", nodes.title("", "Title"), nodes.paragraph("", first))
    assert sharing.description(page) == shown


def test_a_description_cites_nothing() -> None:
    page, paragraph = new_document("page"), nodes.paragraph("", "It is in C ")
    paragraph += nodes.inline("", "[Somebody, 2026]", classes=["bibtex-citation"])
    paragraph += nodes.Text(".")
    page += nodes.section("", nodes.title("", "Title"), paragraph)
    assert sharing.description(page) == "It is in C."
    assert "Somebody" in page.astext()
