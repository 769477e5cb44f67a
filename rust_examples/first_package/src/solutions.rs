//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::prelude::*;

/// A counter at its limit, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::{PyOverflowError, PyValueError};
    use pyo3::prelude::*;

    /// 32 bits go round like an odometer: 4294967296 values, then the first again. 64 bits have room to spare.
    ///
    /// # Hints
    ///
    /// 1. Think of a ring: after the largest number comes the smallest.
    /// 2. Subtract `2**32` from the true sum, or add it, until it fits; `i32::wrapping_add` does that.
    ///
    /// # Misconceptions
    ///
    /// - `4294967296`: this is the true sum, as Python would give it; an `i32` wraps.
    /// - `4294967295`: the counter does not stop at its largest number; it goes on with the smallest.
    /// - `4294967294`: this is a counter that does not wrap at all; an `i32` does.
    /// - `-4294967296`: this is a counter that does not wrap; it does, and an `i64` has no need to.
    #[pyfunction]
    fn predict_counters() -> PyResult<(i64, i64, i64, i64)> {
        Ok((-2_147_483_648, -2, 2_147_483_647, 2_147_483_648))
    }

    /// The product can be too large before anything is added: each step that may overflow needs its check.
    ///
    /// # Hints
    ///
    /// 1. Two things are computed here, and one is checked.
    /// 2. `checked_mul` is to `*` what `checked_add` is to `+`, and `and_then` goes on where there is a number.
    ///
    /// # Misconceptions
    ///
    /// - `0`: the product wrapped before the addition was checked; Python would have raised, or counted on.
    #[pyfunction]
    fn count_visits(views: i32, visitors: i32, each: i32) -> PyResult<i32> {
        let new = visitors.checked_mul(each);
        match new.and_then(|new| views.checked_add(new)) {
            Some(sum) => Ok(sum),
            None => Err(PyOverflowError::new_err("too many views")),
        }
    }

    /// With a positive divisor `div_euclid` rounds down, as Python's `//` does; Rust's `/` rounds towards zero.
    ///
    /// # Hints
    ///
    /// 1. Refuse first, with `if` and `return Err(…)`; then compare how Rust and Python round below zero.
    /// 2. `PyValueError::new_err(format!(…))` for the one, `div_euclid` for the other.
    ///
    /// # Misconceptions
    ///
    /// - `-3`: Rust's `/` rounds towards zero, Python's `//` rounds down.
    #[pyfunction]
    fn views_per_day(views: i64, days: i64) -> PyResult<i64> {
        if days < 1 {
            return Err(PyValueError::new_err(format!(
                "days must be at least 1, not {days}"
            )));
        }
        Ok(views.div_euclid(days))
    }
}
