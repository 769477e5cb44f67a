"""Pages run two at a time, and a cell that measures has the machine to itself.

Sphinx reads one page after the other, and a page runs while it is read, so half of the machine would stand
idle. Here the pages run before, into the same cache, where Sphinx then finds their outputs.
"""

from __future__ import annotations

import ast
import asyncio
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from sphinx.errors import SphinxError
from sphinx.util import logging

logger = logging.getLogger(__name__)

LANES = 2
"""How many pages run at once: the measurements want nothing beside them, so more would mostly wait."""

CLOCKS = {
    *("compare", "flames", "memory", "races", "scaling", "timeline"),  # ours
    *("monotonic", "perf_counter", "perf_counter_ns", "process_time", "repeat", "thread_time", "timeit"),
    *("duel", "psutil", "tracemalloc", "ru_maxrss"),
    *("benchmark", "cProfile", "criterion", "hyperfine", "perf", "pyperf", "spy", "Instant"),
}
"""Words by which we know a cell, or a file that it writes, that measures."""


WAITING = re.compile(r"(?m)^(?:\x1b\[[\d;]*m)* *Blocking(?:\x1b\[[\d;]*m)* waiting for file lock on .*\n")
"""What cargo says where the other page uses it as well."""


class PageFailed(SphinxError):
    """A cell that raised where it should not, or took too long."""

    category = "Executing notebook failed"


@dataclass
class Page:
    """A page that the cache does not hold, as Sphinx will read it."""

    docname: str
    path: Path
    notebook: NotebookNode

    @property
    def code(self) -> list[NotebookNode]:
        """Its code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]


# Which cells measure --------------------------------------------------------------------------------


def measuring(sources: Iterable[str]) -> list[bool]:
    """Which of a page's cells measure.

    Those in which one of `CLOCKS` stands outside of an import, or the name of what an earlier cell has made
    with one: a function, a class or a file.
    """
    clocks, found = set(CLOCKS), []
    for source in sources:
        made, used = _made(source, clocks)
        clocks |= made
        found.append(bool(used & clocks))
    return found


def _made(source: str, clocks: set[str]) -> tuple[set[str], set[str]]:
    """What a cell makes that measures, and the words that it uses."""
    if re.match(r"%%write\s+\S+\.toml\n", source):  # a manifest only names what measures
        return set(), set()
    if written := re.match(r"%%write\s+(?:.*/)?(\w+)\S*\n", source):
        measures = _words(source[written.end() :]) & clocks
        return ({written[1]} if measures else set()), set()
    if source.startswith("%%"):
        return set(), _words(source)
    python = re.sub(r"^\s*[%!].*$", "", source, flags=re.MULTILINE)
    magics = _words("\n".join(set(source.splitlines()) - set(python.splitlines())))
    made: set[str] = set()
    used = magics
    for statement in ast.parse(python).body:
        match statement:
            case ast.Import() | ast.ImportFrom():
                pass
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                if _words(ast.unparse(statement)) & (clocks | made):
                    made.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                if _words(text) & (clocks | made):
                    made.add(name)
            case _:
                used |= _words(ast.unparse(statement))
    return made, used


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d]\w*", text))


# Running ----------------------------------------------------------------------------------------------


class Machine:
    """What the cells share, and one that measures has alone.

    A cell that measures goes before those that share, which else might never leave the machine to it.
    """

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._held: dict[str, bool] = {}  # by whom, and whether alone
        self._asking = 0

    async def take(self, page: str, *, alone: bool) -> None:
        """Let go of what the page holds, and wait for this."""
        async with self._changed:
            self._held.pop(page, None)
            self._asking += alone
            self._changed.notify_all()
            try:
                await self._changed.wait_for(lambda: self._is_free(alone=alone))
            finally:
                self._asking -= alone
                self._changed.notify_all()
            self._held[page] = alone

    def _is_free(self, *, alone: bool) -> bool:
        return not self._held if alone else not self._asking and True not in self._held.values()

    async def release(self, page: str) -> None:
        """Let go."""
        async with self._changed:
            self._held.pop(page, None)
            self._changed.notify_all()


async def run(page: Page, machine: Machine, timeout: int, cache: JupyterCacheAbstract) -> None:
    """Run a page and keep its outputs. Raises `PageFailed`."""
    logger.info("running %s", page.docname)
    measures = dict(zip(map(id, page.code), measuring(cell.source for cell in page.code), strict=True))

    async def before(cell: NotebookNode, **_: object) -> None:
        await machine.take(page.docname, alone=measures[id(cell)])

    client = NotebookClient(
        page.notebook,
        timeout=timeout,
        record_timing=False,
        resources={"metadata": {"path": str(page.path.parent)}},
        on_cell_execute=before,
    )
    await machine.take(page.docname, alone=False)
    start = time.perf_counter()
    try:
        if page.code:
            await client.async_execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise PageFailed(f"{page.docname}: {error}") from error
    finally:
        await machine.release(page.docname)
    forget_the_other(page)
    data = {"execution_seconds": time.perf_counter() - start}
    bundle = CacheBundleIn(page.notebook, str(page.path), data=data)
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def forget_the_other(page: Page) -> None:
    """Leave out what a page's commands say about the page that ran beside it."""
    for output in (output for cell in page.code for output in cell.outputs):
        if output.output_type == "stream":
            output.text = WAITING.sub("", output.text)


async def _lanes(pages: Sequence[Page], timeout: int, cache: JupyterCacheAbstract) -> None:
    machine, waiting = Machine(), list(pages)

    async def lane() -> None:
        while waiting:
            await run(waiting.pop(0), machine, timeout, cache)

    lanes = [asyncio.ensure_future(lane()) for _ in range(min(LANES, os.cpu_count() or 1))]
    try:
        await asyncio.gather(*lanes)
    except BaseException:
        for one in lanes:
            one.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        raise


run_all: Callable[[Sequence[Page], int, Any], None] = run_sync(_lanes)
"""Run pages, two at a time, into the cache. Raises `PageFailed` at the first that fails; the other stops."""
