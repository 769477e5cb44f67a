"""The build tells the truth: what is wrong fails it, now and the next time, and no page is stale."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import lanes
import nbformat
import pytest
from bs4 import BeautifulSoup
from sandbox import LIB, SmallBook, cell

TERMINAL = "%load_ext workbook\nfrom workbook import scratch\nscratch()"
MAGIC = """\
def compile(line, cell):
    print("\\x1b[1;31merror[E0382]\\x1b[0m: borrow of moved value")
get_ipython().register_magic_function(compile, "cell", "rust")"""
CLOCK = "import time\nprint(f'ran at [{time.time_ns()}]')"


@pytest.fixture(scope="module")
def small() -> SmallBook:
    book = SmallBook()
    book.build_crates()
    return book


@pytest.fixture
def book(small: SmallBook) -> Iterator[SmallBook]:
    """The small book, whole and built before the test, and mended after it."""
    small.page("Nothing to see.")
    yield small
    if (small.folder / "rust_examples/small/src/lib.rs").read_text("utf-8") != LIB:
        small.write("rust_examples/small/src/lib.rs", LIB)
        small.build_crates()


def ran_at(book: SmallBook, name: str = "small") -> str:
    found = re.search(r"ran at \[(\d+)\]", book.html(name))
    assert found is not None
    return found[1]


STOPPING = {
    "a cell fails": (cell("1 / 0"), "ZeroDivisionError"),
    "a Rust item is missing": (cell("from workbook import show\nshow('small', 'anwser')"), "answer"),
    "a command fails": (cell(TERMINAL) + cell("%%terminal\nexit 3"), "exit code 3"),
}

COMPLAINTS = {
    "a cell that should raise does not": (cell("1 + 1", "raises-exception"), "did not raise"),
    "a cell writes to stderr": (cell("import sys\nprint('oh', file=sys.stderr)"), "stderr was found"),
    "a link leads to no page": ("[gone](no_page.md)", "no_page.md"),
    "a link leads to no place": ("[gone](#no-place)", "no-place"),
    "a link in an output leads nowhere": (
        cell("from IPython.display import HTML\nHTML('<a href=\"no_output.html\">gone</a>')"),
        "links to no_output.html, which does not exist",
    ),
    "a picture is missing": ("![gone](no_picture.svg)", "no_picture.svg"),
    "a citation is missing": ("{cite}`no_citation`", "no_citation"),
    "a glued number is missing": ("{glue:text}`no-number`", "no-number"),
}


@pytest.mark.parametrize(("text", "said"), STOPPING.values(), ids=STOPPING.keys())
def test_what_cannot_run_stops_the_build_now_and_the_next_time(book: SmallBook, text: str, said: str) -> None:
    book.page(text)
    for _ in range(2):
        built = book.build()
        assert built.code != 0, built.output
        assert said in built.output, built.output


@pytest.fixture(scope="module")
def complaints(small: SmallBook) -> list[str]:
    """What two builds in a row say of a page with all these faults; both must fail."""
    small.page("\n".join(text for text, _ in COMPLAINTS.values()))
    built = [small.build(), small.build()]
    assert all(outcome.code != 0 for outcome in built), built[-1].output
    return [outcome.output for outcome in built]


@pytest.mark.parametrize("said", [said for _, said in COMPLAINTS.values()], ids=COMPLAINTS.keys())
def test_every_fault_is_named_now_and_the_next_time(complaints: list[str], said: str) -> None:
    for output in complaints:
        assert said in output, output


@pytest.mark.parametrize("text", [text for text, _ in COMPLAINTS.values()][:1], ids=["one is enough"])
def test_a_single_fault_fails_the_build(book: SmallBook, text: str) -> None:
    book.page(text)
    assert book.build().code != 0


def test_a_mended_book_builds(book: SmallBook) -> None:
    book.page(cell("1 / 0"))
    assert book.build().code != 0
    book.page(cell("1 / 1"))
    built = book.build()
    assert built.code == 0, built.output


def test_a_cell_that_raises_as_it_should_is_shown(book: SmallBook) -> None:
    book.page(cell("1 / 0", "raises-exception"))
    built = book.build()
    assert built.code == 0, built.output
    assert "ZeroDivisionError" in book.html("small")


def test_a_cell_of_rust_looks_like_rust_and_its_output_like_the_compilers(book: SmallBook) -> None:
    book.page(cell(MAGIC) + cell("%%rust --fails E0382\n// A comment.\nfn main() {}") + cell("1 // 1"))
    built = book.build()
    assert built.code == 0, built.output
    page = BeautifulSoup(book.html("small"), "html.parser")
    rust, *others = page.select("div.cell.cell_rust")
    assert not others
    assert rust.select(".cell_input pre")[0].get_text().startswith("%%rust")
    seen = {part["class"][0]: part.get_text() for part in rust.select(".cell_input span[class]")}
    assert not any("%%rust" in part for part in seen.values())
    assert (seen["c1"].strip(), seen["k"], seen["nf"]) == ("// A comment.", "fn", "main")
    red = rust.select_one('.cell_output [class*="-Color-Bold-Red"]')
    assert red is not None
    assert red.get_text() == "error[E0382]"


def test_a_changed_crate_is_refused_until_it_is_built_and_then_shown(book: SmallBook) -> None:
    book.page(cell("import small\nprint('the answer is', small.answer())"))
    assert book.build().code == 0
    assert "the answer is 1" in book.html("small")

    book.write("rust_examples/small/src/lib.rs", LIB.replace("    1\n", "    2\n"))
    for _ in range(2):
        built = book.build()
        assert built.code != 0
        assert "small is older than rust_examples/small/src/lib.rs" in built.output
        assert "workbook crates" in built.output

    book.build_crates()
    built = book.build()
    assert built.code == 0, built.output
    assert "the answer is 2" in book.html("small")


def test_when_the_lock_changes_all_runs_again(book: SmallBook) -> None:
    book.page(cell(CLOCK))
    assert book.build().code == 0
    before = ran_at(book)
    lock, workspace = book.folder / "rust_examples/Cargo.lock", book.folder / "rust_examples/Cargo.toml"
    locked = lock.read_text("utf-8")
    book.write("rust_examples/Cargo.toml", workspace.read_text("utf-8").replace('"1.0.0"', '"1.0.1"'))
    assert "small is older than rust_examples/Cargo.toml" in book.build().output
    book.build_crates()
    assert lock.read_text("utf-8") != locked
    assert book.build().code == 0
    assert ran_at(book) != before


def test_an_uninstalled_crate_is_refused(book: SmallBook) -> None:
    assert book.run("-m", "uv", "pip", "uninstall", "--quiet", "pyrust-book-small").code == 0
    built = book.build()
    assert built.code != 0
    assert "small is not installed" in built.output
    book.build_crates()
    assert book.build().code == 0


def test_a_page_runs_again_only_when_something_that_decides_its_outputs_has_changed(book: SmallBook) -> None:
    book.page(cell(CLOCK))
    assert book.build().code == 0
    first = ran_at(book)

    book.page("Only prose has changed.\n\n" + cell(CLOCK))
    assert book.build().code == 0
    assert "Only prose has changed." in book.html("small")
    assert ran_at(book) == first

    book.write("constraints.txt", (book.folder / "constraints.txt").read_text("utf-8") + "# changed\n")
    assert book.build().code == 0
    assert ran_at(book) != first


def test_when_what_lays_out_a_page_changes_the_page_is_laid_out_again(book: SmallBook) -> None:
    book.page(cell(CLOCK))
    assert book.build().code == 0
    before = ran_at(book)
    extension = (book.folder / "book/_ext/executable_book.py").read_text("utf-8")
    try:
        book.write("book/_ext/executable_book.py", extension.replace('"cell_python"', '"cell_snake"'))
        assert book.build().code == 0
        assert "cell_snake" in book.html("small")
        assert ran_at(book) == before
    finally:
        book.write("book/_ext/executable_book.py", extension)


@pytest.fixture
def pages(book: SmallBook) -> Iterator[Callable[..., None]]:
    """Write further pages, each of some cells, and list them; they are gone after the test."""
    index, written = (book.folder / "book/index.md").read_text("utf-8"), []

    def write(**cells: Sequence[str]) -> None:
        for name, sources in cells.items():
            book.page("\n".join(map(cell, sources)), name)
            written.append(name)
        book.contents("small", *written)

    yield write
    book.write("book/index.md", index)
    book.contents("small")
    for name in written:
        (book.folder / f"book/{name}.md").unlink()


def test_pages_that_collect_run_last(book: SmallBook, pages: Callable[..., None]) -> None:
    pages(aardvark=[CLOCK], zebra=[CLOCK])
    plain = (book.folder / "book/aardvark.md").read_text("utf-8")
    book.write("book/aardvark.md", plain.replace("\n---\n", "\ncollects: true\n---\n", 1))
    book.page(cell(CLOCK))
    built = book.build()
    assert built.code == 0, built.output
    assert max(["aardvark", "zebra", "small"], key=lambda name: int(ran_at(book, name))) == "aardvark"


MEET = """\
import pathlib, time
folder = pathlib.Path("../_build/meeting")
folder.mkdir(exist_ok=True)
(folder / "NAME").touch()
for _ in range(600):
    if len(list(folder.iterdir())) == 2:
        break
    time.sleep(0.1)
else:
    raise TimeoutError("nobody came")"""
BUSY = "begin = time.time_ns()\ntime.sleep(0.3)\nprint(f'[{begin} {time.time_ns()}]')"


def spans(book: SmallBook, name: str) -> list[tuple[int, int]]:
    """When the cells of a page began and ended, in nanoseconds, as they print it."""
    return [(int(begin), int(end)) for begin, end in re.findall(r"\[(\d+) (\d+)\]", book.html(name))]


@pytest.mark.skipif(os.cpu_count() == 1, reason="on one core, one page runs at a time")
def test_two_pages_run_at_once_and_a_cell_that_measures_alone(
    book: SmallBook, pages: Callable[..., None]
) -> None:
    shutil.rmtree(book.folder / "_build/meeting", ignore_errors=True)
    measured = f"import timeit\ntimeit.timeit('pass')\n{BUSY}"
    pages(
        first=[MEET.replace("NAME", "first"), measured], second=[MEET.replace("NAME", "second"), *[BUSY] * 5]
    )
    built = book.build()
    assert built.code == 0, built.output
    assert "Executing notebook" not in built.output, "Sphinx did not find in the cache what had run"
    [(begin, end)], others = spans(book, "first"), spans(book, "second")
    assert len(others) == 5
    assert all(last < begin or end < start for start, last in others), (begin, end, others)


def test_who_wants_the_machine_alone_goes_before_who_would_share_it() -> None:
    order = []

    async def page(machine: lanes.Machine, name: str, *measures: bool) -> None:
        for number, alone in enumerate(measures):
            await machine.take(name, alone=alone)
            order.append(f"{name}{number}")
            await asyncio.sleep(0.01)
        await machine.release(name)

    async def both() -> None:
        machine = lanes.Machine()
        await asyncio.gather(page(machine, "a", False, False, False), page(machine, "b", True, True, False))

    asyncio.run(both())
    assert order[:3] == ["a0", "b0", "b1"]


MEASURING = {
    "a race": (["compare('a', {})"], [True]),
    "an import alone": (["from timeit import repeat", "repeat('pass')"], [False, True]),
    "a function that is only made": (["def timed():\n    perf_counter()"], [False]),
    "a function that measures": (
        ["def timed():\n    perf_counter()", "1 + 1", "timed()"],
        [False, False, True],
    ),
    "a function that calls it": (
        ["def timed():\n    perf_counter()", "def best():\n    timed()", "best()"],
        [False, False, True],
    ),
    "a program in a text": (['PROGRAM = "perf_counter()"', "run(PROGRAM)"], [False, True]),
    "a program in a file": (
        ["%%write races/speed.py\nimport timeit", "%%terminal\npython races/speed.py"],
        [False, True],
    ),
    "a file that does not measure": (["%%write go.py\nprint()", "%%terminal\npython go.py"], [False, False]),
    "a manifest of what measures": (
        ["%%write Cargo.toml\ncriterion = 1", "%%terminal\ncp ../Cargo.lock ."],
        [False, False],
    ),
    "a magic": (["%timeit 1 + 1"], [True]),
    "Rust's clock": (["%%rust\nlet start = Instant::now();"], [True]),
    "the same letters in a word": (["a_comparer, timeless = 1, 2"], [False]),
}


@pytest.mark.parametrize(("sources", "expected"), MEASURING.values(), ids=MEASURING.keys())
def test_cells_that_measure_are_known(sources: list[str], expected: list[bool]) -> None:
    assert lanes.measuring(sources) == expected


def test_what_cargo_says_of_the_page_beside_is_left_out() -> None:
    waiting = "\x1b[1m\x1b[36m    Blocking\x1b[0m waiting for file lock on package cache\n"
    plain = "    Blocking waiting for file lock on build directory\n"
    said = f"$ cargo build\n{waiting}   Compiling my_package\n{plain}Blocking, it says\n"
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("stream", text=said)])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    lanes.forget_the_other(lanes.Page("page", Path("page.md"), notebook))
    assert cell.outputs[0].text == "$ cargo build\n   Compiling my_package\nBlocking, it says\n"


def test_a_changed_style_is_there_at_the_next_build(book: SmallBook) -> None:
    book.page("A page.")
    assert book.build().code == 0
    style = (book.folder / "book/_static/book.css").read_text("utf-8")
    try:
        book.write("book/_static/book.css", f"{style}\nhtml {{ accent-color: olive }}\n")
        assert book.build().code == 0
        assert "olive" in (book.folder / "_build/html/_static/book.css").read_text("utf-8")
    finally:
        book.write("book/_static/book.css", style)


def test_the_search_knows_the_terms_of_pages_that_did_not_change(book: SmallBook) -> None:
    book.page(":::{glossary}\nborrow\n  To have without owning.\n:::", "words")
    book.page("A page.")
    book.contents("small", "words")
    assert book.build().code == 0
    for text in ("Another.", "A third."):
        book.page(text)
        assert book.build().code == 0
        index = (book.folder / "_build/html/searchindex.js").read_text("utf-8")
        assert re.search(r'"indexentries": *\{"borrow": \[\[', index), index[:500]


def test_a_page_that_is_gone_leaves_nothing_behind(book: SmallBook) -> None:
    book.page("A page.", "fleeting")
    book.contents("small", "fleeting")
    assert book.build().code == 0
    assert book.html("fleeting")
    book.contents("small")
    (book.folder / "book/fleeting.md").unlink()
    assert book.build().code == 0
    assert not (book.folder / "_build/html/book/fleeting.html").exists()
