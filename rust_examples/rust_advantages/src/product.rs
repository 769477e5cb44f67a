//! A multiplication that looks, and one that does not.

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;

/// The product of two integers of 64 bits.
///
/// Raises `OverflowError` where one of the three does not fit.
#[pyfunction]
pub fn product(a: i64, b: i64) -> PyResult<i64> {
    a.checked_mul(b)
        .ok_or_else(|| PyOverflowError::new_err(format!("{a} * {b} does not fit in 64 bits")))
}

/// What a plain `*` makes of two integers of 64 bits, for the exercise on overflow.
///
/// In a release build, as here, what does not fit wraps around. A debug build would
/// panic. Raises `OverflowError` where one of the two does not fit.
#[pyfunction]
pub fn careless_product(a: i64, b: i64) -> i64 {
    a * b
}
