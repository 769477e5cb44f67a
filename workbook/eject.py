"""A crate of the book as a package of the reader's own, which needs nothing of the book."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.container import Container
from tomlkit.items import InlineTable, Table
from tree_sitter import Node

from workbook.layout import Crate
from workbook.rust import crate_of, declarations, parse

_EXERCISE = re.compile(r"\b(exercises|solutions)\b")
_IMPORT = re.compile(r"from \w+\._core import exercises, solutions\b")


class CannotEject(ValueError):
    """Why nothing was written, in a sentence."""


def eject(subject: str | Crate, folder: Path) -> list[Path]:
    """Write the crate as a package that stands alone into `folder`, and return the files written.

    Raises `CannotEject` where the folder holds anything already, `NoSuchItemError` for an unknown slug.
    """
    crate = crate_of(subject)
    if folder.exists() and not folder.is_dir():
        raise CannotEject(f"{folder} is a file: name a folder that is empty or does not exist yet.")
    if folder.exists() and any(folder.iterdir()):
        raise CannotEject(f"{folder} is not empty: name a folder that is empty or does not exist yet.")
    if crate.folder.parent.resolve() in folder.resolve().parents:
        raise CannotEject(f"{folder} is inside the book's own workspace: name a folder elsewhere.")
    written = []
    for name, text in ({"README.md": _readme(crate), ".gitignore": "target/\n"} | package(crate)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        written.append(path)
    lock = crate.folder.parent / "Cargo.lock"
    if lock.exists():
        written.append(Path(shutil.copyfile(lock, folder / "Cargo.lock")))
        _prune(folder)
    return written


def package(crate: Crate) -> dict[str, str]:
    """The files of the crate as a package that stands alone, by path, without its exercises."""
    files = {"Cargo.toml": manifest(crate), "pyproject.toml": _pyproject(crate)}
    src = crate.folder / "src"
    rust = [path for path in crate.sources if path.suffix == ".rs"]
    for path in sorted(rust, key=lambda path: (path != src / "lib.rs", path)):
        if path not in (src / "exercises.rs", src / "solutions.rs"):
            text = path.read_text("utf-8")
            files[path.relative_to(crate.folder).as_posix()] = (
                without_exercises(text) if path.name == "lib.rs" else text
            )
    for path in _beside_rust(crate):
        text = "".join(
            line for line in path.read_text("utf-8").splitlines(keepends=True) if not _IMPORT.match(line)
        )
        files[path.relative_to(crate.folder).as_posix()] = f"{text.rstrip()}\n" if text else ""
    return files


def _beside_rust(crate: Crate) -> list[Path]:
    """What a package has that is more than its crate: Python, tests, benchmarks, and what people read."""
    python = [path for folder in ("python", "tests", "benches") for path in crate.python(folder)]
    return [*python, *(path for name in ("LICENSE", "README.md") if (path := crate.folder / name).exists())]


def without_exercises(source: str) -> str:
    """A `lib.rs` without the lines that declare and export its exercises and solutions."""
    lines = source.splitlines()
    for first, last in sorted(_exercise_lines(parse(source.encode("utf-8"))), reverse=True):
        if (
            first > 0
            and not lines[first - 1].strip()
            and (last + 1 == len(lines) or not lines[last + 1].strip())
        ):
            first -= 1  # of two blank lines that would meet, one goes
        del lines[first : last + 1]
    return "\n".join(lines) + "\n"


def _exercise_lines(node: Node) -> Iterator[tuple[int, int]]:
    """First and last rows of what names the exercises' modules, attributes included."""
    for child, first, last in declarations(node):
        text = (child.text or b"").decode("utf-8")
        body = child.child_by_field_name("body")
        if child.type == "mod_item" and body is not None:
            yield from _exercise_lines(body)
        elif child.type in ("mod_item", "use_declaration") and _EXERCISE.search(text):
            rest = re.sub(r"\b(pub|mod|use|crate|self|super|exercises|solutions)\b|[\s:{},;()]", "", text)
            if rest:
                raise CannotEject(f"'{text}' mixes exercises with '{rest}': give each a use line of its own.")
            yield first, last


def manifest(crate: Crate) -> str:
    """The crate's `Cargo.toml` with all that it inherits from the workspace written out."""
    own = tomlkit.parse(crate.manifest.read_text("utf-8"))
    shared = tomlkit.parse((crate.folder.parent / "Cargo.toml").read_text("utf-8"))
    workspace = shared["workspace"]
    assert isinstance(workspace, Table)
    _inherit(own["package"], workspace.get("package", {}))
    for section in ("dependencies", "dev-dependencies", "build-dependencies"):
        if section in own:
            _inherit(own[section], workspace.get("dependencies", {}))
    if "lints" in own:
        lints = tomlkit.table(is_super_table=True)
        for tool, table in workspace.get("lints", {}).items():
            lints[tool] = table
        own["lints"] = lints
    features = own.get("features", {})
    features.pop("mine", None)
    if "features" in own and not features:
        del own["features"]
    if "profile" in shared:
        own["profile"] = shared["profile"]
        own["profile"]["release"].pop("package", None)  # of crates that it may not need
    return _tidy(own)


def _inherit(table: object, shared: object) -> None:
    """Replace each `key.workspace = true` by what the workspace says, its own additions kept."""
    assert isinstance(table, Table)
    assert isinstance(shared, dict)
    for key, value in list(table.items()):
        if not (isinstance(value, dict) and value.get("workspace") is True):
            continue
        extras = {name: extra for name, extra in value.items() if name != "workspace"}
        given = tomlkit.item(shared[key]).unwrap() if isinstance(shared, Table) else shared[key]
        if extras:
            merged = {**(given if isinstance(given, dict) else {"version": given}), **extras}
            if isinstance(given, dict) and "features" in given and "features" in extras:
                merged["features"] = [*given["features"], *extras["features"]]
            given = merged
        if isinstance(given, dict):
            inline: InlineTable = tomlkit.inline_table()
            inline.update(given)
            table[key] = inline
        else:
            table[key] = given


def _tidy(document: TOMLDocument | Container) -> str:
    text = tomlkit.dumps(document)
    text = re.sub(r"(?<=\n)(?=\[)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _pyproject(crate: Crate) -> str:
    own = tomlkit.parse((crate.folder / "pyproject.toml").read_text("utf-8"))
    tool = own.get("tool", {})
    tool.pop("uv", None)  # its cache keys name files of the workspace
    return _tidy(own)


def _readme(crate: Crate) -> str:
    return (
        f"# {crate.slug}\n\nThe package of the book's chapter `{crate.slug}`, yours to change. In a virtual "
        "environment with maturin, `maturin develop --release` builds and installs it, and "
        f"`import {crate.slug}` finds it. `Cargo.toml` and `pyproject.toml` call it `{crate.distribution}`: "
        "give it a name of your own before you publish.\n"
    )


def _prune(folder: Path) -> None:
    """Let cargo drop from the copied lock what only other crates of the workspace needed.

    Where cargo is missing, or its index is not at hand, the longer lock is as good: a build prunes it.
    """
    if cargo := shutil.which("cargo"):
        subprocess.run([cargo, "update", "--workspace", "--offline"], cwd=folder, capture_output=True)
