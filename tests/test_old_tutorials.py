"""What the page on older tutorials promises: an old form fails, warns or works as it says, today's is called.

Its versions are those of the changelog that comes with PyO3, which the page reads; the prose is held to them.
"""

from __future__ import annotations

import json
import re
import subprocess
import textwrap
import tomllib
from dataclasses import dataclass
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup

from workbook import cell_crates, layout, notebooks, printing, rust_cells
from workbook.layout import Chapter

CHAPTER = Chapter("old_tutorials", None)

CITED_ALONE = {"`extension-module`", "`setup.py`"}
"""Forms that the page does not run: it would have to compile PyO3 again, or to install setuptools."""

STILL_COMPILE = {"`wrap_pyfunction!`", "`Vec<u8>`", "`Option<T>`", "`PyErr::new`"}
"""Forms that rustc still takes without a word, and the page says so."""

ALSO_SAID = {
    ("`&PyModule`", "0.22"): "The `experimental-declarative-modules` feature is now stabilized",
    ("`#[text_signature]`", "0.18"): "Automatically generate `__text_signature__` for all Python functions",
    ("`#[pyproto]`", "0.15"): "`#[pymethods]` now handles magic methods similarly to `#[pyproto]`",
    ("`py_err`", "0.14"): "Remove deprecated exception names",
}
"""Versions that a section names besides those of the table, and the changelog's words for them."""

OF_OTHER_TOOLS = {"1.9.4", "1.12", "1.11"}
"""Of maturin and setuptools-rust: read in maturin's changelog, and in PyO3's guide to its features."""


# The page, taken apart ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """A form, what is said about it, and its cells in order, as they were recorded."""

    form: str
    prose: str
    cells: list[Any]

    @property
    def old(self) -> list[Any]:
        """The cells that fail or warn, and say so on their first line."""
        return [cell for cell in self.cells if re.match(r"%%\w+ .*--(fails|warns)", cell.source)]


@cache
def sections() -> list[Section]:
    """All that stand under a heading of the third level."""
    recorded = iter(nbformat.read(CHAPTER.record, as_version=4).cells)
    found = []
    for block in re.split(r"^(?=##)", CHAPTER.text, flags=re.MULTILINE):
        cells = [next(recorded) for _ in re.findall(r"^```\{code-cell\}", block, re.MULTILINE)]
        prose = re.sub(r"^```\{code-cell\}.*?^```$", "", block, flags=re.DOTALL | re.MULTILINE)
        if heading := re.match(r"### (.*)\n", prose):
            found.append(Section(heading[1], prose[heading.end() :], cells))
    assert next(recorded, None) is None
    return found


forms = pytest.mark.parametrize("section", sections(), ids=lambda section: section.form.strip("`"))


def printed(cell: Any) -> str:
    texts = [output.get("text", "") + "\n".join(output.get("traceback", [])) for output in cell.outputs]
    return printing.plain("".join(texts))


def tables() -> list[list[list[str]]]:
    """The recorded tables: of the forms, and of the releases."""
    cells = nbformat.read(CHAPTER.record, as_version=4).cells
    pages = [output.get("data", {}).get("text/html", "") for cell in cells for output in cell.outputs]
    found = [BeautifulSoup(page, "html.parser") for page in pages if "<table" in page]
    return [[[cell.decode_contents() for cell in row("td")] for row in page("tr")[1:]] for page in found]


def plain_text(html: str) -> str:
    return unescape(re.sub("<.*?>", "", html))


@cache
def versions_of_the_table() -> dict[str, list[str]]:
    rows = tables()[0]
    return {f"`{plain_text(form)}`": [version for version in rest if version] for form, _, *rest in rows}


# What is run ----------------------------------------------------------------------------------------------


def test_more_than_fifteen_forms_are_shown_to_fail_or_warn() -> None:
    assert sum(bool(section.old) for section in sections()) > 15


@forms
def test_an_old_form_fails_or_warns_or_the_page_says_that_it_compiles(section: Section) -> None:
    if section.form in CITED_ALONE:
        assert not section.cells
        assert "{cite}" in section.prose
    elif section.form in STILL_COMPILE:
        assert not section.old
        assert re.search("works as before|compiles", section.prose)
    else:
        assert section.old


@forms
def test_what_the_compiler_says_names_the_form(section: Section) -> None:
    name = re.findall(r"\w+", section.form)[-1]
    for cell in section.old:
        said = printed(cell)
        assert re.search(r"error|warning|Warning|failed", said)
        assert name in said or section.form == "`#[derive(Clone)]`"
        assert re.search(r"--> (~|/)", said) is None, "it leads into other people's code"


def names(cell: Any) -> set[str]:
    """What a cell of Rust gives to Python."""
    first, _, body = cell.source.partition("\n")
    if not first.startswith("%%rust") or "--fails" in first:
        return set()
    read = cell_crates.read(body)
    return {read.module} if read.module else set(read.exports)


@forms
def test_todays_form_follows_and_is_called(section: Section) -> None:
    if section.form in CITED_ALONE:
        return
    *_, last = section.old or section.cells[:1]
    rest = section.cells[section.cells.index(last) :]
    if last.source.startswith("%%terminal"):
        assert rest[-1].source.startswith("%%terminal\n")
        return
    called = [
        after.source
        for before, after in pairwise(rest)
        for name in names(before)
        if re.search(rf"\b{name}\b", after.source)
    ]
    assert called, f"{section.form}: no cell compiles, or nothing of it is called"


def test_the_first_screen_fails_in_several_places_and_then_runs() -> None:
    _, old, new, call, *_ = nbformat.read(CHAPTER.record, as_version=4).cells
    for form in ("ValueError", "PyObject", "allow_threads", "PyModule"):
        assert re.search(rf"error\[E\d+\].*{form}", printed(old))
    assert "to_object" in old.source
    assert "to_object" not in printed(old)  # the page says that rustc has not come to it
    assert "PyResult<PyObject>" in printed(old)
    assert names(new) == {"words"}
    assert call.outputs[0].data["text/plain"] == "'python'"


def test_what_compiles_and_differs_is_seen_to() -> None:
    cells = {section.form: section.cells for section in sections()}
    assert cells["`Vec<u8>`"][1].outputs[0].data["text/plain"] == "b'Rust'"
    missing = "address() missing 1 required positional argument: 'title'"
    assert cells["`Option<T>`"][1].outputs[0].evalue == missing
    assert cells["`Option<T>`"][3].outputs[0].data["text/plain"] == "'Dear Ada'"


def test_the_page_writes_the_version_that_the_workspace_has() -> None:
    workspace = tomllib.loads((layout.ROOT / "rust_examples" / "Cargo.toml").read_text("utf-8"))
    needed = str(workspace["workspace"]["dependencies"]["pyo3"]).lstrip("=")
    written = re.findall(r'pyo3@([\d.]+)|^pyo3 = \{ version = "([\d.]+)"', CHAPTER.text, re.MULTILINE)
    assert {one or other for one, other in written} == {re.findall(r"[\d.]+", needed)[0]}


# What the prose says in passing --------------------------------------------------------------------------

FAILING = {
    "a #[pyfn] with a name": (
        """
        #[pymodule]
        fn halves(m: &Bound<'_, PyModule>) -> PyResult<()> {
            #[pyfn(m, "halve")]
            fn halve(number: f64) -> f64 { number / 2.0 }
            Ok(())
        }
        """,
        "expected one of: `name`",
    ),
    "defaults in #[pyfunction]": (
        """
        #[pyfunction(books = "10")]
        fn weight(books: u32) -> u32 { books }
        """,
        "expected one of: `name`",
    ),
    "#[name]": (
        """
        #[pyfunction]
        #[name = "measure"]
        fn area(width: f64) -> f64 { width }
        """,
        "cannot find attribute `name`",
    ),
    "new_bound": (
        """
        #[pyfunction]
        fn empty(py: Python<'_>) -> usize { pyo3::types::PyDict::new_bound(py).len() }
        """,
        "E0599",
    ),
    "&PyDict": (
        """
        #[pyfunction]
        fn size(things: &pyo3::types::PyDict) -> usize { 0 }
        """,
        "E0277",
    ),
    "run with a &str": (
        """
        #[pyfunction]
        fn go(py: Python<'_>) -> PyResult<()> { py.run("x = 1", None, None) }
        """,
        "E0308",
    ),
}

COMPILING = {
    "names and signatures as options": """
        #[pyfunction]
        #[pyo3(name = "measure", text_signature = "(size)")]
        fn area(width: f64) -> f64 { width }
    """,
    "a Vec<u32>, and a number as it is": """
        #[pyfunction]
        fn levels() -> Vec<u32> { vec![1, 2] }

        #[pyfunction]
        fn answer() -> u32 { 42 }
    """,
    "an object of a class by reference": """
        #[pyclass]
        #[derive(Clone)]
        struct Point { x: f64 }

        #[pyfunction]
        fn mirrored(point: &Point) -> Point { Point { x: -point.x } }
    """,
    "an error of one's own": """
        struct Lost;

        impl From<Lost> for PyErr {
            fn from(_: Lost) -> PyErr { pyo3::exceptions::PyKeyError::new_err("lost") }
        }

        #[pyfunction]
        fn find() -> Result<u32, Lost> { Err(Lost) }
    """,
}


@pytest.mark.parametrize(("body", "fails"), FAILING.values(), ids=FAILING)
def test_what_the_prose_says_is_gone_fails(body: str, fails: str) -> None:
    rust_cells.run(textwrap.dedent(body), fails=fails)


@pytest.mark.parametrize("body", COMPILING.values(), ids=COMPILING)
def test_what_the_prose_says_works_compiles(body: str) -> None:
    assert rust_cells.run(textwrap.dedent(body))


# Versions -------------------------------------------------------------------------------------------------


@cache
def changelog() -> str:
    command = ["cargo", "metadata", "--format-version=1", "--offline"]
    done = subprocess.run(command, cwd=cell_crates.WORKSPACE, check=True, capture_output=True)
    packages = json.loads(done.stdout)["packages"]
    (pyo3,) = [Path(package["manifest_path"]) for package in packages if package["name"] == "pyo3"]
    return pyo3.with_name("CHANGELOG.md").read_text("utf-8")


def said_in(words: str) -> set[str]:
    """The versions whose entries in the changelog have these words."""
    entries = re.findall(r"^## \[(0\.\d+)\.\d+\](.*?)(?=^## |\Z)", changelog(), re.MULTILINE | re.DOTALL)
    return {version for version, text in entries if words in text}


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_each_form_of_pyo3_has_its_row_and_each_row_its_section() -> None:
    of_pyo3 = [section.form for section in sections()]
    building = ["`[package.metadata.maturin]`", "`extension-module`", "`setup.py`", "`maturin publish`"]
    assert of_pyo3[-4:] == building
    assert list(versions_of_the_table()) == of_pyo3[:-4]


@pytest.mark.parametrize("form", versions_of_the_table())
def test_a_form_is_deprecated_before_it_is_removed(form: str) -> None:
    versions = versions_of_the_table()[form]
    assert versions == sorted(versions, key=number)
    assert all(said_in("") >= {version} for version in versions)


@forms
def test_a_section_names_the_versions_that_the_changelog_has(section: Section) -> None:
    named = set(re.findall(r"\b\d\.\d+(?:\.\d+)?\b", section.prose))
    if section.form not in versions_of_the_table():
        assert named <= OF_OTHER_TOOLS
        return
    also = {version for form, version in ALSO_SAID if form == section.form}
    assert named == {*versions_of_the_table()[section.form], *also}


@pytest.mark.parametrize(("form", "version"), ALSO_SAID)
def test_what_a_section_says_besides_is_in_the_changelog(form: str, version: str) -> None:
    assert said_in(ALSO_SAID[form, version]) == {version}


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("0.26", "Rename `Python::allow_threads` to `Python::detach`"),
        ("0.28", "Remove all functionality deprecated in PyO3 0.25 and 0.26"),
        ("0.29", "Remove all functionality deprecated in PyO3 0.27"),
        ("0.25", "Remove all functionality deprecated in PyO3 0.23"),
        ("0.16", "Remove all functionality deprecated in PyO3 0.14"),
        ("0.29", "Fix possible out of bounds read in `BoundListIterator`"),
        ("0.29", "Fix missing `Sync` bound on closure type in `PyCFunction::new_closure`"),
    ],
)
def test_the_changelog_says_it_of_this_version_alone(version: str, words: str) -> None:
    assert said_in(words) == {version}


def test_the_ages_that_the_page_goes_by_are_those_of_the_table() -> None:
    text = re.search(r"Without a date, go by the forms:.*", CHAPTER.text)
    assert text is not None
    older = dict(re.findall(r"(`[^`]+`) (?:is )?older than (0\.\d+)", text[0]))
    table = versions_of_the_table()
    assert older == {
        "`acquire_gil`": table["`Python::acquire_gil`"][-1],
        "`&PyModule`": table["`&PyModule`"][-1],
    }
    assert "`Bound` no older than " + table["`&PyAny`"][0] in text[0]


def test_the_releases_are_in_order_and_end_with_the_one_that_is_used() -> None:
    rows = tables()[1]
    assert [number(version) for version, *_ in rows] == [(0, minor) for minor in range(8, 8 + len(rows))]
    dates = [date for _, date, _ in rows]
    assert dates == sorted(dates)
    used = re.search(r"^## \[(0\.\d+)\.", changelog(), re.MULTILINE)
    assert used is not None
    assert rows[-1][0] == used[1]
    known = [number(python.removeprefix("Python ")) for *_, python in rows if python]
    assert known == [(3, minor) for minor in range(10, 10 + len(known))]


# The built book -------------------------------------------------------------------------------------------

PASTED = {
    "allow_threads": "`py.allow_threads`",
    "with_gil": "`Python::with_gil`",
    "acquire_gil": "`Python::acquire_gil`",
    "&pymodule": "`&PyModule`",
    "wrap_pyfunction": "`wrap_pyfunction!`",
    "pyproto": "`#[pyproto]`",
    "text_signature": "`#[text_signature]`",
    "args": "`#[args]`",
    "derive(clone)": "`#[derive(Clone)]`",
    "feature(specialization)": "`#![feature(specialization)]`",
}
"""What a reader may type, where it is less than the heading."""


@cache
def search_index(book: Path) -> dict[str, Any]:
    text = (book.parent / "searchindex.js").read_text("utf-8")
    index: dict[str, Any] = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    return index


@pytest.mark.parametrize(
    ("pasted", "form"), [*PASTED.items(), *((one.form.strip("`").lower(), one.form) for one in sections())]
)
def test_a_form_pasted_into_the_search_leads_to_its_section(book: Path, pasted: str, form: str) -> None:
    index = search_index(book)
    page = index["docnames"].index(f"book/{CHAPTER.slug}")
    # Sphinx leads to a section where the query is in its title, and at least half as long.
    found = [
        (title, section)
        for title, places in index["alltitles"].items()
        if pasted in title.lower() and 2 * len(pasted) >= len(title)
        for document, section in places
        if document == page
    ]
    assert form.strip("`") in dict(found), f"a search for {pasted} finds {found}"


def test_the_table_leads_to_the_sections(book: Path) -> None:
    page = BeautifulSoup((book / f"{CHAPTER.slug}.html").read_text("utf-8"), "html.parser")
    for link in page.select("article td a"):
        section = page.select_one(f'section[id="{str(link["href"]).removeprefix("#")}"]')
        assert section is not None
        heading = section.select_one("h3")
        assert heading is not None
        assert heading.get_text().strip("#\n") == link.get_text() or link.get_text() in heading.get_text()


def test_the_record_holds_every_cell_of_the_page() -> None:
    assert not notebooks.differences(CHAPTER)
