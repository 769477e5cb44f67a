"""What all tests share: quick races, and the book that is built."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from abilities import chromium
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import Browser
from sandbox import HOME
from xdist.scheduler import LoadFileScheduling

from workbook import layout, notebooks
from workbook.__main__ import JUPYTER_BOOK

os.environ["WORKBOOK_QUICK"] = "1"  # kernels that nbval starts inherit it: see workbook/races.py
os.environ["WORKBOOK_UNATTENDED"] = "1"  # and this: see workbook/etc/ipython_kernel_config.py
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # in the background of a script nobody hears Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
os.environ.pop("RUST_BACKTRACE", None)  # or else anyhow adds a trace to every message

settings.register_profile("book", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("book")


def versions_that_differ() -> str | None:
    """How this machine differs from the one that the chapters were recorded on, in words."""
    here = notebooks.versions()
    for record in sorted((layout.ROOT / "tests" / "notebooks").glob("*.ipynb")):
        there = notebooks.recorded_versions(record)
        differing = [f"{tool} {there[tool]}, here {here[tool]}" for tool in here if there[tool] != here[tool]]
        if differing:
            return f"{record.name} was recorded with {' and '.join(differing)}"
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Compare outputs where they can be equal; elsewhere run every cell, and have those raise that must."""
    if versions_that_differ() is not None and config.getoption("nbval", default=False):
        config.option.nbval = False
        config.option.nbval_lax = True


class OneScratchFolder(LoadFileScheduling):  # type: ignore[misc]
    """Each file stays with one process, and the pages that share the scratch folder with the same one.

    A second process would be given a second folder, and compile PyO3 there once more.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "scratch" if shares_the_scratch_folder(layout.ROOT / file) else file


@cache
def shares_the_scratch_folder(file: Path) -> bool:
    text = file.read_text("utf-8")
    return "import scratch" in text or "claim(user_cache_path" in text


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneScratchFolder:
    return OneScratchFolder(config, log)


def pytest_report_header(config: pytest.Config) -> list[str]:
    difference = versions_that_differ()
    if difference is None:
        return ["chapters: run again, and compared with what is recorded"]
    return [f"chapters: run again, but not compared, since {difference}"]


def jupyter_book(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Build the book of a folder as a reader would, warnings and all on stdout."""
    environment = {key: value for key, value in os.environ.items() if key != "WORKBOOK_QUICK"}
    return subprocess.run(
        [sys.executable, "-c", JUPYTER_BOOK, "build", str(folder), *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for all tests of a file."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def book() -> Path:
    """The folder of the built book; built now where it is not, or where something has changed."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "")
    last = HOME / "built"
    HOME.mkdir(parents=True, exist_ok=True)
    with FileLock(HOME / "built.lock"):  # one process of a run builds it, and the others find it built
        if not run or not last.exists() or last.read_text("utf-8") != run:
            built = jupyter_book(layout.ROOT)
            assert built.returncode == 0, built.stdout
            last.write_text(run, "utf-8")
    return layout.BUILD / "html" / "book"
