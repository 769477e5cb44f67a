//! A view counter that says so when it is full.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod solutions;

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;

/// The sum of two counts, or a sentence where 32 bits cannot hold it.
fn add(a: i32, b: i32) -> Result<i32, String> {
    a.checked_add(b)
        .ok_or_else(|| format!("{a} + {b} does not fit in 32 bits"))
}

/// Add `new` views to a counter that shows `views`.
///
/// Both, and the sum, lie between -2147483648 and 2147483647.
/// Raises `OverflowError` where one of them does not.
#[pyfunction]
fn add_views(views: i32, new: i32) -> PyResult<i32> {
    add(views, new).map_err(PyOverflowError::new_err)
}

/// The sum of `a` and `b`, in decimal digits.
///
/// Both, and the sum, lie between -2147483648 and 2147483647.
/// Raises `OverflowError` where one of them does not.
#[pyfunction]
fn sum_as_string(a: i32, b: i32) -> PyResult<String> {
    let sum = add_views(a, b)?;
    Ok(sum.to_string())
}

/// A view counter of 32 bits that says so when it is full.
#[pymodule]
mod first_package {
    #[pymodule_export]
    use super::{add_views, sum_as_string};

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};

    /// Whether this is a debug build: slow, and with checks
    /// that a release build leaves out.
    #[pymodule_export]
    const DEBUG_BUILD: bool = cfg!(debug_assertions);
}

#[cfg(test)]
mod tests {
    use super::add;

    #[test]
    fn a_sum_that_fits_is_exact() {
        assert_eq!(add(5, 20), Ok(25));
        assert_eq!(add(i32::MAX, i32::MIN), Ok(-1));
    }

    #[test]
    fn a_full_counter_says_so() {
        let full = "2147483647 + 1 does not fit in 32 bits";
        assert_eq!(add(i32::MAX, 1), Err(full.to_owned()));
    }

    #[test]
    fn an_empty_counter_says_so() {
        let empty = "-2147483648 + -1 does not fit in 32 bits";
        assert_eq!(add(i32::MIN, -1), Err(empty.to_owned()));
    }
}
