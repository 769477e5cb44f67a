"""The reader's tools: what the cells of the book import, and the `workbook` command.

What is where, each beginning with the module that the others serve:

- the repository: `layout`; `crates` builds, `doctor` examines, `eject` gives away, `checklist` tries
  what readers make, `new` lays down, and `bootstrap` is the first step of all
- Rust on the page: `rust` shows a crate's, `rust_cells` is `%%rust` on top of `cell_crates`; `terminal` is
  `%%terminal`; `printing`, `processes` and `files` serve all
- exercises: `exercises` are what they are, `mine` the reader's file; `judging` runs `cases`, and says
  what `rustc` said; `verdicts` and `panels` show it; `duels` race the reader's solution
- the command: `__main__` builds, `learning` is for readers, with `watching`, `guide`, `progress`, `saying`
- races: `races` runs them, `results` says who won, with `plots`, `timelines`, `records` and `gluing`;
  `noise` shows every repetition of one, `flame_graphs` where a program spent its time, `footprints` how
  much memory it took; `advice` weighs all that the book has run
- the book itself: `pages` and `notebooks`, and the `sheet` of Python beside Rust
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from workbook.advice import decisions as decisions
    from workbook.advice import defeats as defeats
    from workbook.exercises import exercise as exercise
    from workbook.flame_graphs import flames as flames
    from workbook.footprints import memory as memory
    from workbook.noise import repetitions as repetitions
    from workbook.pages import colophon as colophon
    from workbook.pages import contents as contents
    from workbook.pages import picture as picture
    from workbook.progress import check as check
    from workbook.races import compare as compare
    from workbook.races import measurements as measurements
    from workbook.races import scaling as scaling
    from workbook.races import timeline as timeline
    from workbook.rust import show as show
    from workbook.terminal import scratch as scratch

_HOMES = {
    "check": "progress",
    "colophon": "pages",
    "compare": "races",
    "contents": "pages",
    "decisions": "advice",
    "defeats": "advice",
    "exercise": "exercises",
    "flames": "flame_graphs",
    "measurements": "races",
    "memory": "footprints",
    "picture": "pages",
    "repetitions": "noise",
    "scaling": "races",
    "scratch": "terminal",
    "show": "rust",
    "timeline": "races",
}


def __getattr__(name: str) -> object:
    """Load a tool when a cell first asks for it, so that no cell and no command waits for the others."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workbook' has no attribute {name!r}")
    return getattr(import_module(f"workbook.{_HOMES[name]}"), name)


def load_ipython_extension(ipython: InteractiveShell) -> None:
    """Register the magics: `%load_ext workbook`."""
    from workbook import rust_cells, terminal

    rust_cells.register(ipython)
    terminal.register(ipython)
