//! The order in which people count, in Rust, for a package that had it in Python.

mod draft;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod order;
mod solutions;

use pyo3::prelude::*;

/// The port that does not hold: see the page for what it gets wrong.
#[pymodule(submodule)]
mod first_draft {
    #[pymodule_export]
    use crate::draft::natural_sort;
}

/// Names in the order in which people count.
#[pymodule]
mod existing_package {
    #[pymodule_export]
    use super::first_draft;
    #[pymodule_export]
    use crate::order::natural_sort;
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
