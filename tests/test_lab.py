"""JupyterLab as a reader finds it: cells of Rust, TOML and commands are coloured as such."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from jupyter_core.paths import jupyter_path
from jupyterlab_server.config import get_federated_extensions
from labs import jupyterlab
from playwright.sync_api import Browser, Locator, Page
from sandbox import HEADER, cell

from workbook import layout

NAME = "pyrust-book-cells"
SOURCE = layout.ROOT / "workbook" / "etc" / "labextension"

RUST = """\
%%rust --fails E0382
// The reader's comment.
#[pyfunction]
fn longest(words: Vec<String>) -> usize {
    let first = "it's";
    0
}"""

CELLS = {
    "python": 'print("halves")  # half // half',
    "rust": RUST,
    "rust file": '%%write src/lib.rs\nfn main() { let a = "a"; } // comment',
    "toml": '%%write Cargo.toml\n[package]\nname = "small" # comment',
    "terminal": '%%terminal --fails E0308\nfor name in *; do echo "$name"; done # comment',
}


# The extension is where JupyterLab looks for it.


@pytest.fixture(scope="module")
def installed() -> Path:
    """The folder of the extension that JupyterLab finds."""
    found = get_federated_extensions(jupyter_path("labextensions"))
    assert NAME in found, "JupyterLab does not find it: pip install --no-deps -e ."
    return Path(found[NAME]["ext_path"])


def test_jupyterlab_finds_the_extension_as_it_is_in_the_repository(installed: Path) -> None:
    for path in sorted(path for path in SOURCE.rglob("*") if path.is_file()):
        copy = installed / path.relative_to(SOURCE)
        assert copy.is_file(), f"{copy} is missing: pip install --no-deps -e ."
        assert copy.read_bytes() == path.read_bytes(), f"{copy} is another one: pip install --no-deps -e ."


def test_the_extension_names_the_script_that_it_brings_and_the_books_version() -> None:
    package = json.loads((SOURCE / "package.json").read_text("utf-8"))
    script = SOURCE / package["jupyterlab"]["_build"]["load"]
    assert package["name"] == NAME
    assert f'["{NAME}"] = {{' in script.read_text("utf-8")
    assert package["version"] == version("pyrust-book-workbook")


# What a browser shows.


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab with one page, and with no settings of the reader's."""
    folder = tmp_path_factory.mktemp("lab")
    page = "\n".join([HEADER, "# A page\n", *map(cell, CELLS.values())])
    (folder / "page.md").write_text(page, "utf-8")
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser, lab: str) -> Iterator[Page]:
    """The page, opened as a reader opens it; no request of the browser's may leave the machine."""
    page = browser.new_page(viewport={"width": 1200, "height": 1400})
    page.set_default_timeout(30_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(lab)
    page.locator(".jp-DirListing-item", has_text="page.md").dblclick()
    editor(page, "terminal").wait_for()
    yield page
    page.close()
    home = urlsplit(lab).netloc
    away = [
        url for url in asked if urlsplit(url).scheme not in {"data", "blob"} and urlsplit(url).netloc != home
    ]
    assert not away


def editor(page: Page, name: str) -> Locator:
    """The editor of a cell."""
    return page.locator(".jp-CodeCell .cm-content").nth(list(CELLS).index(name))


def colour(page: Page, name: str, text: str) -> str | None:
    """The colour of a piece of a cell's text, where that piece is one token or less."""
    found: str | None = editor(page, name).evaluate(
        """(editor, text) => {
            const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
            while (walker.nextNode())
                if (walker.currentNode.data.includes(text))
                    return getComputedStyle(walker.currentNode.parentElement).color;
            return null;
        }""",
        text,
    )
    return found


def settles(page: Page, name: str, text: str, wanted: str | None, *, same: bool = True) -> None:
    """Wait until that piece of text has that colour, or another one."""
    for _ in range(100):
        seen = colour(page, name, text)
        if (seen == wanted) is same:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{text!r} in the cell {name!r} is {seen}")


@pytest.fixture
def comment(page: Page) -> str | None:
    """The colour of comments, from a cell of Python, whose language comes with the kernel."""
    plain = colour(page, "python", "halves")
    settles(page, "python", "# half // half", plain, same=False)
    return colour(page, "python", "# half // half")


@pytest.mark.parametrize(
    ("name", "text"),
    [("rust", "// The"), ("rust file", "// comment"), ("toml", "# comment"), ("terminal", "# comment")],
    ids=lambda value: value,
)
def test_comments_of_each_language_are_comments(
    page: Page, comment: str | None, name: str, text: str
) -> None:
    settles(page, name, text, comment)


def test_rust_is_coloured_from_its_first_item_on(page: Page, comment: str | None) -> None:
    settles(page, "rust", "// The", comment)
    plain = editor(page, "rust").evaluate("editor => getComputedStyle(editor).color")
    for text in ["pyfunction", "fn", "longest", "let", "it's"]:
        assert colour(page, "rust", text) not in {plain, comment, None}, f"{text} looks like anything else"
    assert colour(page, "rust", "fn") == colour(page, "rust", "let")


def test_a_cell_follows_its_first_line(page: Page, comment: str | None) -> None:
    settles(page, "rust file", "// comment", comment)
    editor(page, "rust file").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("# ")
    settles(page, "rust file", "// comment", comment, same=False)
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    settles(page, "rust file", "// comment", comment)


def test_a_line_below_the_magic_begins_at_the_margin(page: Page) -> None:
    editor(page, "terminal").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("%%rust --fails E0382\nfn answer() -> i32 {\n42\n}\n// new")
    lines = editor(page, "terminal").inner_text().split("\n")
    assert [len(line) - len(line.lstrip()) for line in lines] == [0, 0, 4, 0, 0], lines


def test_a_new_cell_learns_its_language_as_it_is_typed(page: Page, comment: str | None) -> None:
    editor(page, "terminal").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type('%%rust\nlet new = "text"; // typed')
    page.wait_for_function(
        """comment => [...document.querySelectorAll(".jp-CodeCell.jp-mod-active .cm-line span")].some(
            span => span.textContent.includes("// typed") && getComputedStyle(span).color === comment)""",
        arg=comment,
    )
