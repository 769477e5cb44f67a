"""The rules of the house. Each failure names the file to mend."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from workbook import layout, notebooks, rust
from workbook.layout import ROOT, Chapter, Crate

CRATES = layout.crates()
CHAPTERS = layout.chapters()

crates = pytest.mark.parametrize("crate", CRATES, ids=lambda crate: crate.slug)
chapters = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.slug)

ROOM, ROOM_IN_EXERCISES = 90, 84
"""Letters that a line of code has on a page before it must be scrolled, where the window is not narrow."""

FENCE = re.compile(r"^(?P<ticks>`{3,}|:{3,})[ ]*(?P<info>\S*)", re.MULTILINE)


def tracked(*patterns: str) -> list[Path]:
    """The files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def requirements() -> list[str]:
    return (ROOT / "requirements.txt").read_text("utf-8").splitlines()


def prose(chapter: Chapter) -> str:
    """The chapter without its front matter and its code cells."""
    text = re.sub(r"\A---\n.*?\n---\n", "", chapter.text, flags=re.DOTALL)
    return re.sub(r"^```\{code-cell\}.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


# One slug everywhere


@crates
def test_a_slug_names_a_chapter_and_all_that_belongs_to_it(crate: Crate) -> None:
    slug = crate.slug
    assert re.fullmatch(r"[a-z]+(_[a-z]+){0,2}", slug), (
        f"rust_examples/{slug}: a slug is one to three plain words"
    )
    for path in [f"book/{slug}.md", f"tests/test_{slug}.py", f"tests/notebooks/{slug}.ipynb"]:
        assert (ROOT / path).exists(), f"{path} is missing: the crate rust_examples/{slug} has no such half"


@crates
def test_a_crate_has_its_line_everywhere(crate: Crate) -> None:
    slug = crate.slug
    lines = requirements()
    assert f"./rust_examples/{slug}" in lines, f"requirements.txt: add ./rust_examples/{slug}"
    assert slug in {chapter.slug for chapter in CHAPTERS}, f"_toc.yml: add book/{slug}"
    packages = tomllib.loads((ROOT / "rust_examples" / "Cargo.lock").read_text("utf-8"))["package"]
    name = tomllib.loads(crate.manifest.read_text("utf-8"))["package"]["name"]
    assert name in {package["name"] for package in packages}, f"rust_examples/Cargo.lock: {name} is missing"


@crates
def test_a_crate_is_named_by_its_slug_and_never_uploaded(crate: Crate) -> None:
    name = f"pyrust-book-{crate.slug.replace('_', '-')}"
    cargo = tomllib.loads(crate.manifest.read_text("utf-8"))
    where = f"rust_examples/{crate.slug}"
    assert cargo["package"]["name"] == name, f"{where}/Cargo.toml: name = {name!r}"
    assert cargo["lib"]["name"] == crate.slug, f"{where}/Cargo.toml: [lib] name = {crate.slug!r}"
    assert cargo["lints"] == {"workspace": True}, f"{where}/Cargo.toml: [lints] workspace = true"
    pyproject = tomllib.loads((crate.folder / "pyproject.toml").read_text("utf-8"))
    assert pyproject["project"]["name"] == name, f"{where}/pyproject.toml: name = {name!r}"
    module = pyproject["tool"]["maturin"]["module-name"]
    assert module in (crate.slug, f"{crate.slug}._core"), f"{where}/pyproject.toml: module-name"
    classifiers = pyproject["project"]["classifiers"]
    assert "Private :: Do Not Upload" in classifiers, f"{where}/pyproject.toml: classifiers"


@crates
def test_versions_stand_in_the_workspace_alone(crate: Crate) -> None:
    dependencies = tomllib.loads(crate.manifest.read_text("utf-8"))["dependencies"]
    for name, value in dependencies.items():
        shared = isinstance(value, dict) and value.get("workspace") is True
        assert shared, f"rust_examples/{crate.slug}/Cargo.toml: {name}.workspace = true"


# What a crate shows to Python


def seen_from_python(crate: Crate) -> list[rust.Item]:
    """Its functions and classes, exercises and solutions included."""
    return [
        item
        for item in rust.Sources(crate).items
        if item.keyword != "mod" and re.match(r"(\s*#\[[^\n]*\n)*?\s*#\[py(function|class)\b", item.code)
    ]


@crates
def test_every_pyfunction_has_a_docstring(crate: Crate) -> None:
    assert seen_from_python(crate), f"rust_examples/{crate.slug}: nothing for Python to call"
    for item in seen_from_python(crate):
        assert item.doc, f"{item.file.relative_to(ROOT)}: {item.name} has no doc comment"


@crates
def test_every_pyfunction_has_a_test(crate: Crate) -> None:
    tests = (ROOT / "tests" / f"test_{crate.slug}.py").read_text("utf-8")
    for item in seen_from_python(crate):
        if item.file.stem not in {"exercises", "solutions"}:  # tests/test_exercises.py runs those
            named = re.search(rf"\b{item.name}\b", tests)
            assert named, f"tests/test_{crate.slug}.py: no test names {item.name}"


# What a chapter may hold


@chapters
def test_a_chapter_opens_as_a_notebook(chapter: Chapter) -> None:
    front = chapter.front_matter
    where = f"book/{chapter.slug}.md"
    assert "jupytext" in front, f"{where}: no jupytext header, so JupyterLab shows it as plain text"
    assert front["kernelspec"] == {"display_name": "Python 3", "language": "python", "name": "python3"}, where


@chapters
def test_prose_holds_no_code_that_is_not_run(chapter: Chapter) -> None:
    for fence in FENCE.finditer(prose(chapter)):
        info = fence["info"]
        assert info == "" or info.startswith("{"), (
            f"book/{chapter.slug}.md: a {info!r} fence in prose; show code with show(…) or run it in a cell"
        )
    openings = [fence["info"] for fence in FENCE.finditer(prose(chapter))]
    assert openings.count("") <= sum(info.startswith("{") for info in openings), (
        f"book/{chapter.slug}.md: a fence without a directive; output comes from cells"
    )


@chapters
def test_a_line_of_code_has_room_on_its_page(chapter: Chapter) -> None:
    cells = notebooks.cells(chapter).cells
    shown = [cell for cell in cells if not {"hide-input", "remove-input"} & {*cell.metadata.get("tags", [])}]
    long = [line for cell in shown for line in cell.source.splitlines() if len(line) > ROOM]
    assert long == [], f"book/{chapter.slug}.md: a line has room for {ROOM} letters"


@crates
def test_a_comment_has_room_on_its_page(crate: Crate) -> None:
    for source in tracked(f"rust_examples/{crate.slug}/*.rs"):
        texts = re.findall(r"^( *//[/!]?)(?: (.*))?$", source.read_text("utf-8"), re.MULTILINE)
        if source.name in ("exercises.rs", "solutions.rs"):  # becomes prose, but for the cases
            lines, room = [text for _, text in texts if text.startswith((">>> ", "... "))], ROOM_IN_EXERCISES
        else:
            lines, room = [f"{mark} {text}" for mark, text in texts], ROOM
        long = [line for line in lines if len(line) > room]
        assert long == [], f"{source.relative_to(ROOT)}: a line has room for {room} letters"


@chapters
def test_races_carry_the_name_of_their_chapter(chapter: Chapter) -> None:
    for name in chapter.races:
        prefix = chapter.slug.replace("_", "-")
        assert name.startswith(f"{prefix}-"), f"book/{chapter.slug}.md: call the race {prefix}-{name}"


def test_no_two_races_share_a_name() -> None:
    counted = Counter(name for chapter in CHAPTERS for name in chapter.races)
    assert not [name for name, count in counted.items() if count > 1], "book: these races share a name"


@chapters
def test_numbers_are_glued_not_typed(chapter: Chapter) -> None:
    typed = re.findall(r"\b\d[\d.,]*(?: ×| ?x| times) (?:as|faster|slower)\b", prose(chapter))
    assert not typed, f"book/{chapter.slug}.md: {typed[0]!r} is typed; glue what was measured"


# The records


@chapters
def test_a_record_is_in_step_with_its_chapter(chapter: Chapter) -> None:
    wrong = notebooks.differences(chapter)
    assert not wrong, "\n".join([*wrong, f"Look at the change, then: workbook record {chapter.slug}"])


def test_no_record_is_left_behind() -> None:
    known = {chapter.record for chapter in CHAPTERS}
    for record in (ROOT / "tests" / "notebooks").glob("*.ipynb"):
        assert record in known, f"{record.relative_to(ROOT)}: there is no such chapter in _toc.yml"


# The repository


def test_no_page_stands_outside_the_table_of_contents() -> None:
    known = {chapter.path for chapter in CHAPTERS}
    for page in (ROOT / "book").glob("*.md"):
        assert page in known, f"{page.relative_to(ROOT)}: not in _toc.yml"


def test_no_path_of_a_machine_is_tracked() -> None:
    for path in tracked():
        if path.suffix in {".ico", ".jpg", ".lock", ".png", ".webp", ".woff2"}:
            continue
        found = re.search(r"/(root|home|work|Users|tmp)/\.?\w+", path.read_text("utf-8"))
        assert found is None, (
            f"{path.relative_to(ROOT)}: {found[0]} is a path of one machine" if found else ""
        )


def test_direct_dependencies_are_pinned() -> None:
    for line in requirements():
        line = line.partition("  #")[0].partition(" ; ")[0]
        if line and not line.startswith(("#", "-", "./")):
            assert re.fullmatch(r"[\w.-]+==[\w.]+", line), f"requirements.txt: {line} is not pinned"


def test_everything_else_is_locked() -> None:
    locked = {
        re.split("[ =]", line)[0].lower(): line
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    }
    for line in requirements():
        line = line.partition("  #")[0].partition(" ; ")[0]
        if "==" in line:
            name = line.split("==")[0].lower()
            found = locked.get(name, "")
            assert found.startswith(line), f"constraints.txt: {line} is not in it; see CONTRIBUTING.md"


def test_every_source_has_an_author_and_a_title() -> None:
    for entry in re.findall(
        r"^@\w+\{.*?^\}$", (ROOT / "book" / "references.bib").read_text("utf-8"), re.M | re.S
    ):
        for field in ("author", "title", "url"):
            assert re.search(rf"^  {field} *= ", entry, re.MULTILINE) or (
                field == "url" and "doi" in entry
            ), f"book/references.bib: this entry has no {field}:\n{entry}"
