"""The browser that prints the book, takes its pictures and tests it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright


class NoBrowser(RuntimeError):
    """Why it cannot be started."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's or Playwright's own, for as long as it is needed. Raises `NoBrowser`."""
    with sync_playwright() as started:
        try:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        except Error as error:
            raise NoBrowser(str(error)) from None
        yield browser
        browser.close()
