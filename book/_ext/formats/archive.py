"""Zips that are the same each time that they are made of the same."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from formats.pages import SITE, file_name

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can name: when a file was made is nobody's concern."""


def write(target: Path, files: Mapping[str, bytes], stored: str = "") -> None:
    """Write these files in this order, the one named `stored` uncompressed."""
    with zipfile.ZipFile(target, "w", compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def make(folder: Path) -> Path:
    """The whole site but for its downloads, in a folder of its own: unpack it and open `index.html`."""
    target = folder / f"{file_name()}-site.zip"
    paths = sorted(path for path in SITE.rglob("*") if path.is_file() and folder not in path.parents)
    write(target, {f"{file_name()}/{path.relative_to(SITE).as_posix()}": path.read_bytes() for path in paths})
    return target
