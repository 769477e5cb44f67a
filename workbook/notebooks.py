"""The recorded chapters: what each cell printed when somebody last looked, for nbval to compare with."""

from __future__ import annotations

import platform
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from workbook.crates import rustc_version
from workbook.layout import Chapter

NBVAL_TAGS = {"skip-execution": "nbval-skip"}
"""MyST-NB's tags that nbval knows by another name."""


def cells(chapter: Chapter) -> nbformat.NotebookNode:
    """The chapter's code cells as a notebook without outputs, with ids that do not change by themselves."""
    notebook = jupytext.reads(chapter.text, fmt="md:myst")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        cell["id"] = f"{chapter.slug.replace('_', '-')}-{number}"
        tags = [NBVAL_TAGS.get(tag, tag) for tag in cell.metadata.get("tags", [])]
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
    kernelspec = notebook.metadata["kernelspec"]
    bare: nbformat.NotebookNode = nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernelspec})
    return bare


def versions() -> dict[str, str]:
    """What outputs depend on besides the code, since messages change from release to release."""
    return {"python": ".".join(platform.python_version_tuple()[:2]), "rustc": rustc_version()}


def recorded_versions(record: Path) -> dict[str, str]:
    """The versions under which a record was made."""
    return dict(nbformat.read(record, as_version=4).metadata["recorded_with"])


def record(chapter: Chapter) -> bool:
    """Run the chapter's cells in a fresh kernel and keep what they print.

    Returns whether the record changed. Raises `nbclient.exceptions.CellExecutionError` where a cell fails
    and is not tagged `raises-exception`; the old record then stays.
    """
    notebook = cells(chapter)
    resources = {"metadata": {"path": str(chapter.path.parent)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "nbval-ignore-output" in cell.metadata.get("tags", []):
            cell.outputs = []  # it is not compared, and would differ each time
    notebook.metadata.pop("language_info", None)
    notebook.metadata["recorded_with"] = versions()
    text = nbformat.writes(notebook) + "\n"
    chapter.record.parent.mkdir(parents=True, exist_ok=True)
    if chapter.record.exists() and chapter.record.read_text("utf-8") == text:
        return False
    chapter.record.write_text(text, "utf-8")
    return True


def differences(chapter: Chapter) -> list[str]:
    """Where a chapter and its record are out of step, in sentences."""
    where = f"tests/notebooks/{chapter.record.name}"
    if not chapter.record.exists():
        return [f"{where} is missing"]
    expected, found = cells(chapter), nbformat.read(chapter.record, as_version=4)
    if len(expected.cells) != len(found.cells):
        return [f"{where} has {len(found.cells)} cells, the chapter has {len(expected.cells)}"]
    wrong = []
    for number, (ours, theirs) in enumerate(zip(expected.cells, found.cells, strict=True), start=1):
        tags = ours.metadata.get("tags", [])
        if ours.source != theirs.source:
            wrong.append(f"{where}, cell {number}: the chapter's cell has changed")
        if tags != theirs.metadata.get("tags", []):
            wrong.append(f"{where}, cell {number}: the chapter's tags have changed")
        if "nbval-skip" not in tags and theirs.execution_count != number:
            wrong.append(f"{where}, cell {number}: it was not run")
        raised = any(output.output_type == "error" for output in theirs.outputs)
        if "nbval-ignore-output" not in tags and raised != ("raises-exception" in tags):
            wrong.append(f"{where}, cell {number}: it {'raises' if raised else 'should raise, and does not'}")
    return wrong
