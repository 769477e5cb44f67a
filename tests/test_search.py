"""The search as it is published: what a result quotes, and where its words stand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from abilities import chromium
from playwright.sync_api import Page, Route, expect

SITE = "https://book.test"


@pytest.fixture(scope="module")
def tab(book: Path) -> Iterator[Page]:
    """The book under an address of its own, since a page that is opened as a file may read no other."""

    def serve(route: Route) -> None:
        route.fulfill(path=book.parent / urlsplit(route.request.url).path.lstrip("/"))

    with chromium() as browser:
        page = browser.new_page()
        page.route(f"{SITE}/**", serve)
        yield page


@pytest.mark.parametrize(
    ("page", "anchor", "quoted"),
    [
        pytest.param("ownership", "", "Moves, borrows, and why threads are safe\n", id="page"),
        pytest.param("ownership", "#one-owner", "One owner\n", id="section"),
        pytest.param("glossary", "#term-borrow", "borrow: To use a value", id="word"),
    ],
)
def test_a_result_quotes_the_text_of_its_page(tab: Page, page: str, anchor: str, quoted: str) -> None:
    tab.goto(f"{SITE}/search.html?q=borrow")
    summary = """([page, anchor]) => fetch(page).then((answer) => answer.text())
        .then((html) => Search.makeSearchSummary(html, ["o"], anchor).textContent)"""
    assert tab.evaluate(summary, [f"book/{page}.html", anchor]).lstrip().startswith(quoted)


def test_what_is_quoted_begins_and_ends_with_whole_words(tab: Page) -> None:
    tab.goto(f"{SITE}/search.html?q=borrow")
    page = f"<p class='bd-article'>{'somewhere ' * 20}borrow{' everywhere' * 20}</p>"
    quoted = tab.evaluate("page => Search.makeSearchSummary(page, ['borrow'], '').textContent", page)
    assert quoted.startswith("… somewhere ")
    assert quoted.endswith(" everywhere …")


def test_a_search_without_results_says_what_to_try(tab: Page) -> None:
    tab.goto(f"{SITE}/search.html?q=xyzzyplugh")
    expect(tab.locator("#search-results .search-summary")).to_contain_text("Try fewer")


@pytest.mark.parametrize(
    ("page", "within"),
    [
        pytest.param("search", ".bd-article-container", id="page"),
        pytest.param("book/index", "dialog", id="dialog"),
    ],
)
def test_what_is_typed_stands_beside_the_sign_of_the_search(tab: Page, page: str, within: str) -> None:
    tab.goto(f"{SITE}/{page}.html")
    if within == "dialog":
        tab.keyboard.press("Control+k")
    field, sign = tab.locator(f"{within} .bd-search input"), tab.locator(f"{within} .bd-search i")
    expect(field).to_be_visible()
    begin = "box => box.getBoundingClientRect().left + parseFloat(getComputedStyle(box).paddingLeft)"
    assert sign.evaluate("sign => sign.getBoundingClientRect().right") < field.evaluate(begin)
