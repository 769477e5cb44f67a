"""A cell of Rust as a crate of one file: what it says, what rustc makes of it, and where that is kept.

In that file the cell's lines keep their numbers, since all that we add stands on its first line, in place of
the magic. The crate is compiled by cargo, against the dependencies that the workspace has locked. What was
compiled, and what rustc said about it, is kept by content: the same cell costs nothing the next time, in
another kernel too.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import tomlkit
from filelock import FileLock
from IPython.display import clear_output
from platformdirs import user_cache_path
from tree_sitter import Node

from workbook import processes
from workbook.crates import BuildError, require_cargo, rustc_version
from workbook.files import beside
from workbook.layout import ROOT
from workbook.printing import page_colours, path_names, plain, without_paths
from workbook.rust import parse

MODULE = "rust_cell"
"""What the module is called whose items a cell brings into the notebook."""

KEPT = 500
"""How many compiled cells are kept; those that have not been used for longest go first."""

WORKSPACE = ROOT / "rust_examples"

_WANTS_PYO3 = {"function_item": "pyfunction", "struct_item": "pyclass", "enum_item": "pyclass"}
_EXPORTING_MACROS = {"create_exception"}


class RustError(Exception):
    """Why a cell of Rust has no result. It is shown as it is, without a traceback of Python's."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(reason)
        self.said = said

    def _render_traceback_(self) -> list[str]:
        return [*self.said.splitlines(), f"\x1b[1;31m{type(self).__name__}\x1b[0m: {self}"]


@dataclass(frozen=True)
class Cell:
    """The Rust of a cell, and what it is to become."""

    body: str
    requirements: Mapping[str, object]
    """The crates that it asks for, as a manifest names them."""
    debug: bool
    exports: tuple[str, ...]
    """The items at its top level that are for Python."""
    module: str | None
    """The module of its own that it declares, where it does."""
    is_program: bool
    """Whether it has a plain `fn main`."""
    has_prelude: bool
    """Whether it says itself what else we would say for it, `use pyo3::prelude::*`."""

    @cached_property
    def source(self) -> str:
        """The file that is compiled: the cell, and on its first line what every cell would have to say."""
        if self.is_program:
            return f"\n{self.body}"
        hoisted, body = _hoist(self.body)
        prelude = "" if self.has_prelude else "#[allow(unused_imports)] use pyo3::prelude::*; "
        if self.module is None and self.exports:
            items = ", ".join(self.exports)
            prelude += f"#[pymodule] mod {MODULE} {{ #[pymodule_export] use super::{{{items}}}; }}"
        return f"{hoisted}{prelude}\n{body}"

    @cached_property
    def manifest(self) -> str:
        """The crate's `Cargo.toml`, with the workspace's release profile."""
        workspace = _workspace()
        kind: dict[str, object] = {"name": "cell", "path": "cell.rs"}
        needs = dict(self.requirements)
        if not self.is_program:
            kind["crate-type"] = ["cdylib"]
            needs = {"pyo3": workspace["workspace"]["dependencies"]["pyo3"], **needs}
        release = {key: value for key, value in workspace["profile"]["release"].items() if key != "package"}
        package = {
            "name": "cell",
            "version": "0.0.0",
            "edition": workspace["workspace"]["package"]["edition"],
        }
        return tomlkit.dumps(
            {
                "package": {**package, "autobins": False},
                **({"bin": [kind]} if self.is_program else {"lib": kind}),
                "dependencies": needs,
                "profile": {"release": release},
                "workspace": {},
            }
        )

    @property
    def key(self) -> str:
        """A digest of all that decides what it becomes."""
        parts = [
            self.source,
            self.manifest,
            (WORKSPACE / "Cargo.lock").read_text("utf-8"),
            Path(__file__).read_text("utf-8"),  # it decides what is kept
            rustc_version(),
            os.environ.get("RUSTFLAGS", ""),
            str(self.debug),
        ]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def read(body: str, crates: Sequence[str] = (), *, debug: bool = False) -> Cell:
    """Find out what a cell holds. Raises `RustError` where it asks for what there is not."""
    exports: list[str] = []
    module: str | None = None
    is_program = has_prelude = False
    for node, attributes in _top_level(parse(body.encode())):
        name = _text(node.child_by_field_name("name"))
        if node.type == "function_item" and name == "main" and "pyfunction" not in attributes:
            is_program = True
        elif node.type == "use_declaration" and _text(node) == "use pyo3::prelude::*;":
            has_prelude = True
        elif "pymodule" in attributes:
            module = name
        elif _WANTS_PYO3.get(node.type) in attributes:
            exports.append(name)
        elif node.type == "macro_invocation" and _macro(node) in _EXPORTING_MACROS:
            exports += _identifiers(node)[1:2]
    if is_program and (exports or module):
        raise RustError(
            "a cell either has a fn main, and is run, or has items for Python: put them into two cells."
        )
    return Cell(body, _requirements(crates), debug, tuple(exports), module, is_program, has_prelude)


def _top_level(root: Node) -> Iterator[tuple[Node, set[str]]]:
    """The items of a file, each with the names of its attributes."""
    attributes: set[str] = set()
    for node in root.children:
        if node.type == "attribute_item":
            attributes.update(re.findall(r"#\[\s*(?:\w+::)*(\w+)", _text(node)))
        elif node.type not in ("line_comment", "block_comment"):
            inner = node.children[0] if node.type == "expression_statement" and node.children else node
            yield inner, attributes
            attributes = set()


def _text(node: Node | None) -> str:
    return node.text.decode() if node is not None and node.text is not None else ""


def _macro(node: Node) -> str:
    return _text(node.child_by_field_name("macro")).rpartition(":")[2]


def _identifiers(node: Node) -> list[str]:
    tree = next((child for child in node.children if child.type == "token_tree"), None)
    return [_text(child) for child in tree.children if child.type == "identifier"] if tree else []


def _hoist(body: str) -> tuple[str, str]:
    """Move `#![…]` to the front, where alone it may stand; `//!` becomes a plain comment."""
    source, hoisted = bytearray(body.encode()), []
    for node in parse(bytes(source)).children:
        start, end = node.start_byte, node.end_byte
        if node.type == "inner_attribute_item":
            hoisted.append(" ".join(_text(node).split()) + " ")
            source[start:end] = re.sub(rb"[^\n]", b" ", source[start:end])
        elif node.type.endswith("_comment") and source[start + 2 : start + 3] == b"!":
            source[start + 2 : start + 3] = b" "
    return "".join(hoisted), source.decode()


# What a cell is compiled with ---------------------------------------------------------------------


@cache
def _workspace() -> dict[str, Any]:
    return tomllib.loads((WORKSPACE / "Cargo.toml").read_text("utf-8"))


def _requirements(names: Sequence[str]) -> dict[str, object]:
    """What the manifest says of the crates asked for: what the workspace says, or else the locked version."""
    if not names:
        return {}
    ours = _workspace()["workspace"]["dependencies"]
    locked: dict[str, str] = {}
    for package in tomllib.loads((WORKSPACE / "Cargo.lock").read_text("utf-8"))["package"]:
        if "source" in package:  # the book's own crates have none
            locked[package["name"]] = package["version"]
    spelt = {name.replace("-", "_"): name for name in locked}
    found: dict[str, object] = {}
    for name in sorted(set(names)):
        known = spelt.get(name.replace("-", "_"))
        if known is None:
            nearest = get_close_matches(name, locked, n=1)
            hint = f" Did you mean {nearest[0]}?" if nearest else ""
            raise RustError(f"there is no crate {name} among those that the workspace has locked.{hint}")
        found[known] = ours.get(known, f"={locked[known]}")
    return found


def _python() -> Path:
    return Path(getattr(sys, "_base_executable", sys.executable)).resolve()


def _home() -> Path:
    """Where cells are compiled and kept: a folder for each Python, whatever environment it is in."""
    abi = str(sysconfig.get_config_var("SOABI") or sys.implementation.cache_tag)
    mark = hashlib.sha256(str(_python()).encode()).hexdigest()[:8]
    return user_cache_path("pyrust-book", appauthor=False) / "cells" / f"{abi}-{mark}"


def _environment() -> dict[str, str]:
    """PyO3 is told of the Python beneath the virtual environment, and so compiled once for all of them."""
    unwanted = re.compile(r"PYO3_\w+|CARGO_(?:TARGET_DIR|BUILD_\w+|INCREMENTAL)|VIRTUAL_ENV|CONDA_\w+")
    found = {name: value for name, value in os.environ.items() if not unwanted.fullmatch(name)}
    return found | {"PYO3_PYTHON": str(_python()), "PYO3_BUILD_EXTENSION_MODULE": "1"}


# Compiling ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compiled:
    """What rustc made of a cell, and what it said about it."""

    product: Path | None
    """The library or the program; None where the cell does not compile."""
    said: str = ""
    codes: tuple[str, ...] = ()
    """The errors' codes, such as E0382, where they have one."""
    errors: str = ""
    """The errors' headlines, in plain words."""


def compiled(cell: Cell, *, anew: bool = False) -> Compiled:
    """Compile the cell, or take what was compiled before, unless it is to be compiled `anew`, to be timed.

    Raises `RustError` where it cannot be compiled at all: there is no cargo, or a dependency is missing.
    """
    home = _home()
    record = home / "kept" / f"{cell.key}.json"
    if not anew and (known := _known(record)) is not None:
        return known
    try:
        require_cargo()
    except BuildError as error:
        raise RustError(str(error)) from None
    record.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(home / "cells.lock"):
        if not anew and (known := _known(record)) is not None:  # by another kernel, while this one waited
            return known
        made = _compile(cell, home, record)
        _forget_the_oldest(record.parent)
    return made


def _known(record: Path) -> Compiled | None:
    try:
        facts = json.loads(record.read_text("utf-8"))
        product = record.parent / facts["product"] if facts["product"] else None
        for file in filter(None, (record, product)):
            os.utime(file)
        return Compiled(product, facts["said"], tuple(facts["codes"]), facts["errors"])
    except (OSError, ValueError, KeyError):
        return None


def _compile(cell: Cell, home: Path, record: Path) -> Compiled:
    manifest = cell.manifest
    package = home / "crates" / hashlib.sha256(manifest.encode()).hexdigest()[:16]
    package.mkdir(parents=True, exist_ok=True)
    (package / "Cargo.toml").write_text(manifest, "utf-8")
    shutil.copyfile(WORKSPACE / "Cargo.lock", package / "Cargo.lock")
    (package / "cell.rs").write_text(cell.source, "utf-8")
    warm = package / "warm"
    with _patience(cell, warm):
        ended = processes.run(_command(cell, home), cwd=package, env=_environment())
    made = _told(ended, package / "cell.rs")
    if made is None:
        raise RustError(
            "the cell's crate could not be built.", "\n".join(ended.err.strip().splitlines()[-12:])
        )
    warm.touch()
    if made.product is not None:
        kept = record.with_suffix(made.product.suffix)
        with beside(kept) as part:
            shutil.copy2(made.product, part)
            part.replace(kept)
        made = dataclasses.replace(made, product=kept)
    facts = dataclasses.asdict(made) | {"product": made.product and made.product.name}
    with beside(record) as part:
        part.write_text(json.dumps(facts), "utf-8")
        part.replace(record)
    return made


def _command(cell: Cell, home: Path) -> list[str | Path]:
    command: list[str | Path] = ["cargo", "rustc", "--quiet", "--target-dir", home / "target"]
    command += ["--message-format=json-diagnostic-rendered-ansi", "--release", "--"]
    if cell.debug:
        command += _UNOPTIMISED
    if sys.platform == "darwin" and not cell.is_program:  # the interpreter brings Python's symbols
        command += ["-Clink-arg=-undefined", "-Clink-arg=dynamic_lookup"]
    return command


_UNOPTIMISED = ["-Copt-level=0", "-Cdebug-assertions=yes", "-Coverflow-checks=yes"]
"""What the cell alone is compiled with as if for debugging: PyO3 stays as it is for all other cells."""


@contextmanager
def _patience(cell: Cell, warm: Path) -> Iterator[None]:
    """Say why the first cell takes so long, and take it back; a recorded page has no such line."""
    slow = not warm.exists() and "pyo3" in cell.manifest and "WORKBOOK_QUICK" not in os.environ
    if slow:
        print(
            "Compiling PyO3 for the cells of this machine, once. It takes about half a minute …", flush=True
        )
    yield
    if slow:
        clear_output()


def _told(ended: processes.Ended, source: Path) -> Compiled | None:
    """What cargo's messages say about the cell; None where they say nothing and yet it failed.

    Where there are errors, the warnings are left out: they come again once it compiles.
    """
    product, told = None, []
    for line in ended.out.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        if Path(message.get("target", {}).get("src_path", "")).name != source.name:
            continue
        if message["reason"] == "compiler-artifact":
            product = Path(message["executable"] or message["filenames"][0])
        elif message["reason"] == "compiler-message":
            told.append(message["message"])
    told = [one for one in told if not re.match(r"aborting due to|\d+ warnings? emitted", one["message"])]
    every = [one for one in told if one["level"].startswith("error")]
    errors = list(filter(_is_the_cells, every)) or every
    if ended.code != 0 and not errors:
        return None
    codes = tuple(
        sorted({code for one in errors if (code := (one["code"] or {}).get("code", ""))[:1] == "E"})
    )
    notes = [
        one
        for one in told
        if one["level"] == "failure-note" and set(re.findall(r"E\d{4}", one["message"])) <= set(codes)
    ]
    shown = errors + notes if errors else told
    return Compiled(
        product if not errors else None,
        page_colours(_rendered(shown)).rstrip("\n"),
        codes,
        plain(_rendered(errors)),
    )


def _is_the_cells(error: Mapping[str, Any]) -> bool:
    """Whether an error stands in the cell, not only on the line that we add."""
    return any(span["is_primary"] and span["line_start"] > 1 for span in error["spans"])


def _rendered(diagnostics: Iterable[Mapping[str, Any]]) -> str:
    text = "".join(one["rendered"] for one in diagnostics)
    return without_paths(text, path_names({}, os.environ))


def _forget_the_oldest(folder: Path) -> None:
    records = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for record in records[:-KEPT]:
        for file in folder.glob(f"{record.stem}*"):
            with suppress(OSError):  # Windows keeps what a kernel has loaded
                file.unlink()
