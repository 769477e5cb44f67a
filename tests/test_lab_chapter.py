"""A chapter in JupyterLab, as a reader runs it: a double click opens it, and all of it runs to its end."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from abilities import chromium
from labs import jupyterlab
from playwright.sync_api import Locator, Page

from workbook import notebooks
from workbook.layout import Chapter

CHAPTER = Chapter("just_enough_rust", None)
NOTEBOOK = "jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON()"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A copy of the chapter, opened from the file browser, with all its cells run from the menu."""
    folder = tmp_path_factory.mktemp("chapter")
    shutil.copyfile(CHAPTER.path, folder / CHAPTER.path.name)
    with chromium() as browser, jupyterlab(folder, "--LabApp.expose_app_in_browser=True") as address:
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(address)
        page.locator(".jp-DirListing-item", has_text=CHAPTER.path.name).dblclick()
        page.locator(".jp-NotebookPanel .jp-Cell").first.wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        last = len(notebooks.cells(CHAPTER).cells)
        page.wait_for_function(
            f"""last => {{
                const cells = {NOTEBOOK}.cells.filter(cell => cell.cell_type === "code");
                const stopped = cells.some(cell => !(cell.metadata.tags || []).includes("raises-exception")
                    && cell.outputs.some(output => output.output_type === "error"));
                return stopped || cells.at(-1).execution_count === last;
            }}""",
            arg=last,
            timeout=240_000,
        )
        yield page


@pytest.fixture(scope="module")
def cells(page: Page) -> list[dict[str, Any]]:
    """The code cells and what they printed, as JupyterLab would save them."""
    found: list[dict[str, Any]] = page.evaluate(f"() => {NOTEBOOK}.cells")
    return [cell for cell in found if cell["cell_type"] == "code"]


def seen(page: Page, text: str) -> Locator:
    """The first cell that holds this, scrolled to, since JupyterLab draws no others."""
    index: int = page.evaluate(
        f"text => {NOTEBOOK}.cells.findIndex(cell => cell.source.includes(text))", text
    )
    page.evaluate(
        "async index => await jupyterapp.shell.currentWidget.content.scrollToItem(index, 'center')", index
    )
    cell = page.locator(f".jp-Cell[data-windowed-list-index='{index}']")
    cell.wait_for()
    return cell


def test_all_cells_run_and_only_those_fail_that_must(cells: list[dict[str, Any]]) -> None:
    wanted = notebooks.cells(CHAPTER).cells
    assert [cell["source"] for cell in cells] == [cell.source for cell in wanted]
    for number, cell in enumerate(cells, start=1):
        assert cell["execution_count"] == number, cell["source"]
        raised = [output["evalue"] for output in cell["outputs"] if output["output_type"] == "error"]
        must = "raises-exception" in cell["metadata"].get("tags", [])
        assert bool(raised) is must, f"{cell['source']}\n{raised}"


def test_no_cell_writes_to_stderr(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        assert not [output for output in cell["outputs"] if output.get("name") == "stderr"], cell["source"]


def test_the_rust_of_the_crate_is_seen_and_coloured(page: Page) -> None:
    code = seen(page, 'show(just_enough_rust, "read_size")').locator("code.language-rust")
    code.first.wait_for()
    assert re.search(r"fn read_size\b", code.first.inner_text())
    colours = code.first.locator("span").evaluate_all("all => all.map(span => getComputedStyle(span).color)")
    assert len(set(colours)) > 2, colours


def test_what_a_cell_of_rust_printed_is_seen_under_it(page: Page, cells: list[dict[str, Any]]) -> None:
    printing = next(c for c in cells if c["source"].startswith("%%rust\nfn main") and c["outputs"])
    output = seen(page, printing["source"]).locator(".jp-OutputArea-output")
    assert output.first.inner_text().strip() == "".join(printing["outputs"][0]["text"]).strip() != ""


def test_what_rustc_says_of_a_cell_that_must_not_compile_is_seen_in_red(page: Page) -> None:
    output = seen(page, "%%rust --fails E0277").locator(".jp-OutputArea-output")
    assert "error[E0277]" in output.first.inner_text()
    assert output.first.locator("[class*=ansi-red]").count() > 0
