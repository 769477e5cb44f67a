"""A small crate with exercises, for tests of what a reader may write: nothing of the reader's is touched.

It shares the repository's compiled PyO3, and so the folder where Cargo leaves libraries: two crates of one
name would take each other's. Each file of tests has a name of its own.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from workbook import layout, mine
from workbook.layout import Crate
from workbook.verdicts import Report

TARGET = layout.crates()[0].folder.parent / "target"

LIB = """\
//! A ferry's log.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod solutions;

use pyo3::prelude::*;

/// How many cars fit.
#[pyfunction]
fn room() -> u32 {
    40
}

/// The log.
#[pymodule]
mod SLUG {
    #[pymodule_export]
    use super::room;

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
"""

STUBS = """\
//! Exercises: a ferry's log.
#![allow(unused_variables)]

use pyo3::prelude::*;

/// For you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: how much room is left?
    ///
    /// >>> guess() == SLUG.room()
    /// True
    #[pyfunction]
    fn guess() -> PyResult<u32> {
        Err(PyNotImplementedError::new_err("guess"))
    }

    /// Repair: how many more cars fit.
    ///
    /// >>> free(40)
    /// 0
    ///
    /// Too many cars is an error.
    ///
    /// >>> free(41)
    /// Traceback (most recent call last):
    /// ValueError: 1 too many
    #[pyfunction]
    fn free(cars: u32) -> PyResult<u32> {
        Ok(40 - cars.min(40))
    }

    /// Build: how many trips it takes.
    ///
    /// >>> cars = 81
    /// >>> trips(cars)
    /// 3
    /// >>> trips(80)
    /// 2
    /// >>> trips(0)
    /// 0
    #[pyfunction]
    fn trips(cars: u32) -> PyResult<u32> {
        Err(PyNotImplementedError::new_err("count the trips"))
    }
}
"""

SOLUTIONS = """\
//! The exercises, solved.

use pyo3::prelude::*;

/// Finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    /// All of it.
    ///
    /// # Hints
    ///
    /// 1. Read on.
    /// 2. Look at `room`.
    ///
    /// # Misconceptions
    ///
    /// - `41`: there is
    ///   no driver's seat to count.
    #[pyfunction]
    fn guess() -> PyResult<u32> {
        Ok(40)
    }

    /// Refuse what does not fit.
    ///
    /// # Hints
    ///
    /// 1. It never says no.
    /// 2. `checked_sub`.
    ///
    /// # Misconceptions
    ///
    /// - `PanicException`: a panic is no ValueError.
    #[pyfunction]
    fn free(cars: u32) -> PyResult<u32> {
        let left = 40_u32.checked_sub(cars);
        left.ok_or_else(|| PyValueError::new_err(format!("{} too many", cars - 40)))
    }

    /// Divide, and round up.
    ///
    /// # Hints
    ///
    /// 1. The last trip need not be full.
    /// 2. `div_ceil`.
    #[pyfunction]
    fn trips(cars: u32) -> PyResult<u32> {
        Ok(cars.div_ceil(40))
    }
}
"""


def lay_out(root: Path, slug: str) -> Crate:
    """A workspace of one crate, with no `mine.rs` yet."""
    model, folder = layout.crates()[0], root / "rust_examples" / slug
    (folder / "src").mkdir(parents=True)
    for name in ("Cargo.toml", "Cargo.lock"):
        shutil.copyfile(model.folder.parent / name, folder.parent / name)
    for name in ("Cargo.toml", "pyproject.toml"):
        text = (model.folder / name).read_text("utf-8").replace(model.distribution, f"pyrust-book-{slug}")
        (folder / name).write_text(text.replace(model.slug, slug), "utf-8")
    for name, text in {"lib": LIB, "exercises": STUBS, "solutions": SOLUTIONS}.items():
        (folder / "src" / f"{name}.rs").write_text(text.replace("SLUG", slug), "utf-8")
    return Crate(slug, root)


def write(crate: Crate, *changes: tuple[str, str]) -> None:
    """Put the solutions into `mine.rs`, changed."""
    text = SOLUTIONS.replace("mod solutions", "mod exercises")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    mine.path(crate).write_text(text, "utf-8")


def states(report: Report) -> dict[str, str]:
    """The verdicts in a word, by exercise."""
    return {verdict.exercise.name: verdict.state for verdict in report.verdicts}


def stubs(crate: Crate) -> str:
    """What a reader begins with."""
    return STUBS.replace("SLUG", crate.slug)
