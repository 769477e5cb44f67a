//! A linter in a few hundred lines, on crates that were there.

mod check;
mod diagnostic;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod folder;
mod fullness;
mod linter;
mod noqa;
mod rule;
mod rules;
mod solutions;
mod source;

use pyo3::prelude::*;

/// A linter in a few hundred lines, on crates that were there.
#[pymodule]
mod rust_ecosystem {
    #[pymodule_export]
    use crate::{diagnostic::Diagnostic, linter::Findings, linter::Linter};

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
