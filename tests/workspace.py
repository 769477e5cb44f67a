"""A small book with exercises, for tests of the terminal program: nothing of the reader's is touched.

It shares the repository's compiled PyO3 and its lock, so that a check takes a second.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from workbook import layout

LIB = """\
//! A ferry's log.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod solutions;

use pyo3::prelude::*;

/// The log.
#[pymodule]
mod SLUG {
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
"""

HEAD = """\
//! A ferry's log.
#![allow(unused_variables)]

use pyo3::prelude::*;

/// For you to finish.
#[pymodule(submodule)]
pub mod MODULE {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;
"""

STUBS = (
    HEAD.replace("MODULE", "exercises")
    + """
    /// Predict: How many cars fit on the `ferry`?
    ///
    /// >>> room()
    /// 40
    #[pyfunction]
    fn room() -> PyResult<u32> {
        Err(PyNotImplementedError::new_err("room"))
    }

    /// Repair: How many more cars fit.
    ///
    /// >>> free(40)
    /// 0
    /// >>> free(1)
    /// 39
    #[pyfunction]
    fn free(cars: u32) -> PyResult<u32> {
        Ok(0)
    }

    /// Build: How many trips it takes.
    ///
    /// >>> trips(81)
    /// 3
    /// >>> trips(80)
    /// 2
    #[pyfunction]
    fn trips(cars: u32) -> PyResult<u32> {
        Err(PyNotImplementedError::new_err("trips"))
    }
}
"""
)

ROOM, FREE, TRIPS = "40", "40 - cars", "cars.div_ceil(40)"
"""The expressions that solve them."""

SOLUTIONS = (
    HEAD.replace("MODULE", "solutions").replace("    use pyo3::exceptions::PyNotImplementedError;\n", "")
    + f"""
    /// It has four decks of ten.
    ///
    /// # Hints
    ///
    /// 1. Count the decks.
    /// 2. Four times ten.
    #[pyfunction]
    fn room() -> PyResult<u32> {{
        Ok({ROOM})
    }}

    /// Subtract.
    ///
    /// # Hints
    ///
    /// 1. It forgets the cars.
    /// 2. Look at `-`.
    #[pyfunction]
    fn free(cars: u32) -> PyResult<u32> {{
        Ok({FREE})
    }}

    /// Divide, and round up.
    ///
    /// # Hints
    ///
    /// 1. The last trip need not be full.
    /// 2. `div_ceil`.
    #[pyfunction]
    fn trips(cars: u32) -> PyResult<u32> {{
        Ok({TRIPS})
    }}
}}
"""
)

SECOND = {"room": "berths", "free": "moor", "trips": "tides"}
"""What things are called in the second chapter."""


def solved(*expressions: str) -> str:
    """A `mine.rs` with these in place of the stubs' bodies, in their order."""
    text = STUBS
    bodies = [
        'Err(PyNotImplementedError::new_err("room"))',
        "Ok(0)",
        'Err(PyNotImplementedError::new_err("trips"))',
    ]
    for body, expression in zip(bodies, expressions, strict=False):
        text = text.replace(body, f"Ok({expression})")
    return text


class Workspace:
    """Two chapters of three exercises each, and a copy of the program.

    The chapters' slugs are no other test file's: crates of one name would take each other's libraries.
    """

    def __init__(self, root: Path, first: str, second: str) -> None:
        self.root = root
        self.first = first
        self.environment = {
            name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")
        } | {
            "PYTHONPATH": str(root),
            "CARGO_TARGET_DIR": str(layout.crates()[0].folder.parent / "target"),
            "TERM": "xterm-256color",
        }
        shutil.copytree(
            layout.ROOT / "workbook", root / "workbook", ignore=shutil.ignore_patterns("__pycache__", "etc")
        )
        self.write("_toc.yml", "format: jb-book\nroot: book/index\nchapters:\n")
        self.write("book/index.md", "# Ships\n")
        model = layout.crates()[0]
        for name in ("Cargo.toml", "Cargo.lock"):
            self.write(f"rust_examples/{name}", (model.folder.parent / name).read_text("utf-8"))
        for slug in (first, second):
            with (root / "_toc.yml").open("a", encoding="utf-8") as contents:
                contents.write(f"  - file: book/{slug}\n")
            self.write(f"book/{slug}.md", f"# The {slug}\n")
            for name in ("Cargo.toml", "pyproject.toml"):
                text = (model.folder / name).read_text("utf-8").replace(model.slug, slug)
                self.write(f"rust_examples/{slug}/{name}", text.replace(model.slug.replace("_", "-"), slug))
            for name, text in {"lib": LIB, "exercises": STUBS, "solutions": SOLUTIONS}.items():
                text = text.replace("SLUG", slug)
                self.write(f"rust_examples/{slug}/src/{name}.rs", renamed(text) if slug == second else text)

    @property
    def mine(self) -> Path:
        """The reader's file of the first chapter."""
        return self.root / "rust_examples" / self.first / "src" / "mine.rs"

    @property
    def state(self) -> Path:
        """What is remembered."""
        return self.root / "progress.json"

    @property
    def program(self) -> list[str]:
        """How the program is started."""
        return [sys.executable, "-m", "workbook"]

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def renamed(text: str) -> str:
    """The text with the second chapter's names."""
    for old, new in SECOND.items():
        text = text.replace(f"fn {old}(", f"fn {new}(").replace(f">>> {old}(", f">>> {new}(")
    return text
