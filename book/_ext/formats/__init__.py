"""What the book is made into beside the site: a PDF, an EPUB, notebooks with outputs, a zip of the site.

All are made of the built site, so they show what it shows, and lie among it, where it is published.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from formats import archive, epub, notebooks, pages, pdf
from formats.pages import CannotMake as CannotMake

DOWNLOADS = pages.SITE / "downloads"

FORMATS: dict[str, Callable[[Path], Path]] = {
    "notebooks": lambda folder: notebooks.make(folder / "notebooks"),
    "zip": archive.make,
    "EPUB": epub.make,
    "PDF": pdf.make,
}


def make_all() -> Iterator[str]:
    """Make each, and say where it is. Raises `CannotMake` at the end, where one could not be made."""
    shutil.rmtree(DOWNLOADS, ignore_errors=True)
    DOWNLOADS.mkdir()
    missing = []
    for name, make in FORMATS.items():
        start = time.perf_counter()
        try:
            made = make(DOWNLOADS)
        except CannotMake as reason:
            missing.append(str(reason))
            continue
        files = [made] if made.is_file() else list(made.iterdir())
        size = sum(file.stat().st_size for file in files) / 1e6
        yield f"{name}: {made}, {size:.1f} MB, in {time.perf_counter() - start:.0f} s"
    if missing:
        raise CannotMake(" ".join(missing))
