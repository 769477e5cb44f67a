"""The reader's own file, `mine.rs`: git never sees it, and what stood in it is never lost."""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from workbook.exercises import exercise, functions
from workbook.files import beside
from workbook.layout import Crate
from workbook.rust import parse

LARGEST = 1 << 20
"""Bytes that the file may have: more is not what somebody typed."""


class MineError(ValueError):
    """The reader's file is not one to work with: why, and what to do."""


def path(crate: Crate) -> Path:
    """Where the reader writes."""
    return crate.folder / "src" / "mine.rs"


def stubs(crate: Crate) -> Path:
    """What the reader begins with."""
    return crate.folder / "src" / "exercises.rs"


def shown(crate: Crate, file: str = "mine.rs") -> str:
    """A source file's path as readers see it: from the repository's root, to open or to click."""
    return f"rust_examples/{crate.slug}/src/{file}"


def lay_down(crate: Crate) -> bool:
    """Make the file from the stubs, where there is none, and say whether it was made."""
    return not os.path.lexists(path(crate)) and _create(path(crate), stubs(crate).read_bytes())


def read(crate: Crate) -> bytes:
    """What the reader wrote. Raises `MineError` where that is not to be had."""
    name = shown(crate)
    try:
        size = path(crate).stat().st_size
        content = path(crate).read_bytes() if size <= LARGEST else b""
    except FileNotFoundError:
        if os.path.lexists(path(crate)):
            raise MineError(f"{name} is a link to a file that is not there: mend the link.") from None
        raise MineError(f"{name} is gone: `workbook check {crate.slug}` makes a new one.") from None
    except (IsADirectoryError, PermissionError) as error:
        if path(crate).is_dir():
            raise MineError(f"{name} is a folder: move it away, so that a file can stand there.") from None
        raise MineError(f"{name} cannot be read: {error.strerror}.") from None
    except OSError as error:
        raise MineError(f"{name} cannot be read: {error.strerror}.") from None
    if size > LARGEST:
        raise MineError(f"{name} has {size >> 20} MB, which nobody typed: is it another file?")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise MineError(f"{name}:{line} is not UTF-8: save the file in that encoding.") from None
    return content


def reset(crate: Crate, name: str | None = None) -> Path | None:
    """Put the stubs back: all, or that of the exercise `name`. What stood there is kept beside the file.

    Returns where it is kept, or None where nothing was lost. Raises `MineError` where the file is not one
    to work with, and `NoSuchItemError` where there is no such exercise.
    """
    if name is not None:
        exercise(crate, name)
    if lay_down(crate):
        return None
    before = read(crate)
    after = stubs(crate).read_bytes() if name is None else _with_stub(crate, name, before)
    if before == after:
        return None
    aside = next(
        place for number in count(1) if _create(place := path(crate).with_name(f"mine.{number}.rs"), before)
    )
    place = path(crate).resolve()  # where mine.rs is a link, it stays one
    with beside(place) as part:
        part.write_bytes(after)
        part.replace(place)
    return aside


def _with_stub(crate: Crate, name: str, before: bytes) -> bytes:
    """The reader's text with one function as it was. All else must be found again, or nothing is done."""
    whole = f"To put all of it back: `workbook reset {crate.slug}`."
    found = functions(crate, "mine", within="exercises")
    if name not in found:
        raise MineError(f"{shown(crate)} has no function {name}, so there is nothing to put back. {whole}")
    stub = functions(crate, "exercises")[name]
    lines = before.split(b"\n")
    fresh = stubs(crate).read_bytes().replace(b"\r\n", b"\n").split(b"\n")[stub.first - 1 : stub.last]
    end = b"\r" if lines[0].endswith(b"\r") else b""
    lines[found[name].first - 1 : found[name].last] = [line + end for line in fresh]
    after = b"\n".join(lines)
    if parse(after).has_error:
        raise MineError(f"{shown(crate)} cannot be read as Rust, so {name} alone cannot be put back. {whole}")
    return after


def _create(place: Path, content: bytes) -> bool:
    """Write a file that is not there yet, whole or not at all; False where there is one."""
    with beside(place) as part:
        part.write_bytes(content)
        try:
            place.hardlink_to(part)
        except FileExistsError:
            return False
        except OSError:  # no hard links on this disk
            if os.path.lexists(place):
                return False
            part.replace(place)
    return True
