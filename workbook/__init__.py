"""The reader's tools: what the cells of the book import, and the `workbook` command."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from workbook import terminal
from workbook.exercises import check, exercise
from workbook.pages import colophon, contents, picture
from workbook.races import compare, measurements, scaling, timeline
from workbook.rust import show
from workbook.terminal import scratch

__all__ = [
    "check",
    "colophon",
    "compare",
    "contents",
    "exercise",
    "measurements",
    "picture",
    "scaling",
    "scratch",
    "show",
    "timeline",
]


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Register the magics: `%load_ext workbook`."""
    terminal.register(ipython)
