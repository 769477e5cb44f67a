//! Every core: sums, nearest stations, and how threads meet Python.
#![allow(clippy::doc_markdown)] // NumPy is a name
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

mod arguments;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod meeting;
mod solutions;
mod sphere;
mod stations;
mod sums;
mod tally;
mod threads;

use numpy::PyReadonlyArray1;
use numpy::ndarray::Axis;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::arguments::{collected, view};
use crate::threads::pool;

/// How many numbers are added between two looks at Python: a few milliseconds' worth.
const BLOCK: usize = 1 << 24;

/// The sum of a list of integers, on every core.
///
/// Raises `OverflowError` where a number, or the sum, does not fit in 64 bits.
#[pyfunction]
fn parallel_sum(
    py: Python<'_>,
    #[pyo3(from_py_with = collected)] numbers: Vec<i64>,
) -> PyResult<i64> {
    let pool = pool(py, None)?;
    let add = || numbers.par_iter().map(|&n| i128::from(n)).sum();
    let sum = py.detach(|| pool.install(add));
    narrow(sum)
}

/// The sum of an array of 64-bit integers, where it lies.
///
/// Raises `OverflowError` where the sum does not fit in 64 bits.
#[pyfunction]
fn array_sum(py: Python<'_>, numbers: PyReadonlyArray1<'_, i64>) -> PyResult<i64> {
    let mut sum = 0;
    for block in view(&numbers)?.axis_chunks_iter(Axis(0), BLOCK) {
        sum += py.detach(|| sums::array_total(block));
        py.check_signals()?;
    }
    narrow(sum)
}

/// The sum of an array of 64-bit integers, where it lies, on every core.
///
/// Raises `OverflowError` where the sum does not fit in 64 bits.
#[pyfunction]
fn parallel_array_sum(py: Python<'_>, numbers: PyReadonlyArray1<'_, i64>) -> PyResult<i64> {
    let numbers = view(&numbers)?;
    if numbers.len() <= sums::PIECE {
        return narrow(sums::array_total(numbers));
    }
    let pool = pool(py, None)?;
    let mut sum = 0;
    for block in numbers.axis_chunks_iter(Axis(0), BLOCK) {
        sum += py.detach(|| pool.install(|| sums::parallel_total(block)));
        py.check_signals()?;
    }
    narrow(sum)
}

/// What the caller can take: a sum of 64 bits.
fn narrow(sum: i128) -> PyResult<i64> {
    i64::try_from(sum).map_err(|_| PyOverflowError::new_err("the sum does not fit in 64 bits"))
}

#[pymodule]
mod parallel_processing {
    #[pymodule_export]
    use super::{array_sum, parallel_array_sum, parallel_sum};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
    #[pymodule_export]
    use crate::{meeting::Meeting, stations::Stations, tally::Tally};
}
