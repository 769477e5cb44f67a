"""How the kernels end that run pages and records: at once, and with all that they had to say."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbclient import NotebookClient

THREADS_THAT_LIVE_AT_THE_END = """
import atexit, pathlib, threading

@atexit.register
def tell():
    pathlib.Path("threads").write_text("\\n".join(thread.name for thread in threading.enumerate()))
"""


def test_the_thread_that_takes_orders_ends_before_the_outputs_do(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell(THREADS_THAT_LIVE_AT_THE_END)
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    living = (tmp_path / "threads").read_text().splitlines()
    assert "IOPub" in living
    assert "Control" not in living
