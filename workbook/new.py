"""A new chapter, laid down from the smallest one there is, so that it builds from its first minute."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from workbook.layout import ROOT, Chapter, Crate, chapters


class CannotLayDown(ValueError):
    """A chapter that cannot have this name."""


def lay_down(slug: str, title: str) -> list[Path]:
    """Write chapter, crate and tests under a new slug, and its lines in `_toc.yml` and `requirements.txt`.

    Returns the files written or changed. Raises `CannotLayDown`, and writes nothing, where the slug is not
    one to three plain words or means something else already.
    """
    refuse(slug)
    model = smallest()
    written = []
    for source in parts(model):
        target = ROOT / renamed(source.relative_to(ROOT).as_posix(), model.slug, slug)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = renamed(source.read_text("utf-8"), model.slug, slug)
        if source == model.path:
            text = text.replace(f"\n# {model.title}\n", f"\n# {title}\n", 1)
        target.write_text(text, "utf-8")
        written.append(target)
    written.append(insert_after(ROOT / "requirements.txt", f"./rust_examples/{model.slug}", model.slug, slug))
    written.append(insert_after(ROOT / "_toc.yml", f"book/{model.slug}", model.slug, slug))
    return written


def refuse(slug: str) -> None:
    """Say why a slug will not do, if it will not."""
    if not re.fullmatch(r"[a-z]+(_[a-z]+){0,2}", slug):
        raise CannotLayDown(
            f"{slug!r} is not a slug: it takes one to three plain words, as in error_handling."
        )
    taken = [ROOT / "book" / f"{slug}.md", ROOT / "rust_examples" / slug, ROOT / "tests" / f"test_{slug}.py"]
    for path in taken:
        if path.exists():
            raise CannotLayDown(f"{slug} is taken: there is {path.relative_to(ROOT).as_posix()} already.")
    if slug in sys.stdlib_module_names or importlib.util.find_spec(slug) is not None:
        raise CannotLayDown(f"{slug} is taken: 'import {slug}' already means another package.")


def smallest() -> Chapter:
    """The chapter with a crate that has the least text."""
    whole = [chapter for chapter in chapters() if chapter.crate is not None]
    return min(whole, key=lambda chapter: sum(path.stat().st_size for path in parts(chapter)))


def parts(chapter: Chapter) -> Iterator[Path]:
    """The files of a chapter but its record, which a run makes."""
    yield chapter.path
    yield ROOT / "tests" / f"test_{chapter.slug}.py"
    folder = Crate(chapter.slug).folder
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("mine."):
            yield path


def renamed(text: str, old: str, new: str) -> str:
    """The text with one slug put for another, in both spellings: `two_words` and `two-words`.

    A slug of one word is spelt alike in both; what stands beside it tells which one is meant.
    """

    def put(found: re.Match[str]) -> str:
        beside = text[found.start() - 1 : found.start()] + text[found.end() : found.end() + 1]
        hyphens = "-" in found[0] if "_" in old else "-" in beside
        return new.replace("_", "-") if hyphens else new

    return re.sub(rf"(?<![a-z])(?:{old}|{old.replace('_', '-')})(?![a-z])", put, text)


def insert_after(path: Path, mark: str, old: str, new: str) -> Path:
    """Repeat the line that holds the mark, for the new slug."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.strip().endswith(mark))
    lines.insert(at + 1, renamed(lines[at], old, new))
    path.write_text("".join(lines), "utf-8")
    return path
