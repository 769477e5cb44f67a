"""The book without Rust: wheels of all crates, and notebooks that run from them without a compiler."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from fresh import Clone
from nbformat import NotebookNode
from nbval.plugin import coalesce_streams

from workbook import layout
from workbook.layout import ROOT

NO_CARGO = "There is no cargo on the PATH: install Rust from https://rustup.rs, then open a new terminal."
WHEELS = layout.BUILD / "wheels"


@pytest.fixture(scope="module")
def wheels() -> Path:
    """The folder that `make wheels` fills."""
    command = [sys.executable, str(ROOT / "rust_examples" / "wheels.py")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return WHEELS


def without_rust() -> str:
    """The PATH, without the folders that hold a compiler."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(
        folder
        for folder in folders
        if not any(shutil.which(tool, path=folder) for tool in ("cargo", "rustc"))
    )


@pytest.fixture(scope="module")
def clone(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone with the wheels in it, installed in the two commands of the README, where there is no Rust."""
    home = str(tmp_path_factory.mktemp("home"))
    uv = [sys.executable, "-m", "uv"]
    cache = subprocess.run([*uv, "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
    clone = Clone("no_rust", {"PATH": without_rust(), "HOME": home, "USERPROFILE": home})
    for name in ("CARGO_HOME", "RUSTUP_HOME"):
        clone.variables[name] = str(Path(home, "none"))
    shutil.copytree(wheels, clone.folder / "_build" / "wheels")
    clone.make_environment()
    install = [*uv, "pip", "install", "--python", str(clone.tool("python")), "-r", "_build/wheels/tools.txt"]
    tools = clone.run(*install, variables={"UV_CACHE_DIR": cache})
    assert tools.code == 0, tools.output
    crates = clone.run(clone.tool("python"), "-m", "pip", "install", "-r", "_build/wheels/crates.txt")
    assert crates.code == 0, crates.output
    return clone


def test_every_crate_has_a_wheel(wheels: Path) -> None:
    for crate in layout.crates():
        name = crate.distribution.replace("-", "_")
        assert list(wheels.glob(f"{name}-*.whl")), f"{crate.slug} has none"


def test_tools_and_crates_are_all_that_the_book_requires(wheels: Path) -> None:
    wanted = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    tools = (wheels / "tools.txt").read_text("utf-8").replace("../../", "").splitlines()
    assert set(wanted) - set(tools) == {f"./rust_examples/{crate.slug}" for crate in layout.crates()}
    assert set(tools) < set(wanted)


def test_no_crate_can_come_from_an_index(wheels: Path) -> None:
    lines = (wheels / "crates.txt").read_text("utf-8").splitlines()
    assert lines == ["--no-index", "--find-links .", *(crate.distribution for crate in layout.crates())]


def test_there_is_no_rust_in_the_clone(clone: Clone) -> None:
    said = clone.run(
        clone.tool("python"), "-c", "import shutil; print(*map(shutil.which, ['cargo', 'rustc']))"
    )
    assert said.output.split() == ["None", "None"]


def test_crates_from_wheels_are_up_to_date(clone: Clone) -> None:
    ended = clone.run(clone.tool("workbook"), "crates")
    assert (ended.code, ended.output) == (0, "")


def test_a_crate_that_changed_after_its_wheel_needs_rust_and_says_so(clone: Clone) -> None:
    source = clone.folder / "rust_examples" / "ownership" / "src" / "lib.rs"
    before = source.stat()
    source.touch()
    try:
        ended = clone.run(clone.tool("workbook"), "crates")
    finally:
        os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert ended.code != 0
    assert ended.output.split() == f"Error: {NO_CARGO}".split()


def executed(clone: Clone, slug: str) -> list[tuple[NotebookNode, NotebookNode]]:
    """A chapter's cells as they are recorded, each with what it becomes in the clone."""
    notebook = Path("tests", "notebooks", f"{slug}.ipynb")
    ended = clone.run(
        *(clone.tool("python"), "-m", "jupyter", "execute", "--inplace", "--allow-errors", notebook)
    )
    assert ended.code == 0, ended.output
    recorded, found = (nbformat.read(folder / notebook, as_version=4) for folder in (ROOT, clone.folder))
    return list(zip(recorded.cells, found.cells, strict=True))


def essence(cell: NotebookNode) -> list[object]:
    """What a cell printed, returned or raised; elsewhere than where it was recorded, only what it raised."""
    recorded_with = platform.python_version_tuple()[:2] == ("3", "11")
    seen: list[object] = []
    for output in coalesce_streams(cell.outputs):  # a busy kernel sends them in pieces
        if output.output_type == "error":
            seen.append((output.ename, output.evalue if recorded_with else ""))
        elif "nbval-ignore-output" not in cell.metadata.get("tags", []) and recorded_with:
            seen.append(output.get("text") or output.data["text/plain"])
    return seen


def test_a_chapter_without_cells_of_rust_runs_to_its_end(clone: Clone) -> None:
    for recorded, found in executed(clone, "small_uv"):
        assert found.execution_count
        assert essence(found) == essence(recorded), found.source


def test_cells_of_rust_say_what_they_need_and_all_others_run(clone: Clone) -> None:
    brought: set[str] = set()
    same = 0
    for recorded, found in executed(clone, "error_handling"):
        if found.source.startswith("%%rust"):
            [output] = found.outputs
            assert (output.ename, output.evalue) == ("RustError", NO_CARGO)
            assert len(output.traceback) == 1
            brought |= set(re.findall(r"\bfn (\w+)", found.source))
        elif essence(found) != essence(recorded):
            [output] = found.outputs
            assert output.ename == "NameError", found.source
            assert set(re.findall(r"'(\w+)'", output.evalue)) <= brought
        else:
            same += 1
    assert same > 30
