//! When to choose Rust: columns shared by Arrow, means by group, and what a call costs.
#![allow(clippy::doc_markdown)] // NumPy is a name, and so is PyCapsule
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

mod chunks;
mod column;
mod columns;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod formats;
mod groups;
mod interface;
mod solutions;
mod streams;
mod texts;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::column::{Column, Rows};
use crate::columns::{Numbers, Texts};
use crate::groups::Groups;

/// How many rows are worked through between two looks at Python.
const BLOCK: usize = 1 << 16;

/// How far each line is indented, in spaces; null for a line that has nothing else.
///
/// Takes a column of text from Polars, or whatever else hands out Arrow data.
/// Raises `TypeError` for columns of other types and for objects that are none.
#[pyfunction]
fn indentation(py: Python<'_>, lines: Texts) -> PyResult<Column> {
    let mut found = Rows::with_room_for(lines.len())?;
    let mut left = lines.iter();
    for _ in 0..lines.len().div_ceil(BLOCK) {
        py.detach(|| {
            for line in left.by_ref().take(BLOCK) {
                found.push(line?.and_then(groups::leading_spaces));
            }
            PyResult::Ok(())
        })?;
        py.check_signals()?;
    }
    Ok(found.into())
}

/// The mean of the values of each key, `None` where all are
/// missing. Keys come in their order.
///
/// Takes a column of text and one of 64-bit integers, as long as each other, however they
/// are cut into chunks. A missing key is a key. Raises `ValueError` where the lengths
/// differ, else as `indentation`.
#[pyfunction]
fn mean_by(py: Python<'_>, keys: Texts, values: Numbers) -> PyResult<Bound<'_, PyDict>> {
    if keys.len() != values.len() {
        let (keys, values) = (keys.len(), values.len());
        let message = format!("{keys} keys and {values} values do not make pairs");
        return Err(PyValueError::new_err(message));
    }
    let mut groups = Groups::default();
    let mut left = keys.iter().zip(values.iter());
    for _ in 0..keys.len().div_ceil(BLOCK) {
        py.detach(|| {
            for (key, value) in left.by_ref().take(BLOCK) {
                groups.add(key?, value);
            }
            PyResult::Ok(())
        })?;
        py.check_signals()?;
    }
    let means = PyDict::new(py);
    for (key, mean) in groups.means() {
        let key = key.map(|key| PyString::from_bytes(py, key)).transpose()?;
        means.set_item(key, mean)?;
    }
    Ok(means)
}

/// Where the buffers of a column lie: the addresses of each of its chunks, 0
/// for a buffer that is not there.
///
/// Raises `TypeError` for an object that hands out no Arrow data.
#[pyfunction]
fn addresses(column: &Bound<'_, PyAny>) -> PyResult<Vec<Vec<usize>>> {
    let (_, arrays) = columns::structs(column)?;
    Ok(arrays.iter().map(interface::Array::addresses).collect())
}

/// Nothing, to see what a call costs.
#[pyfunction]
fn nothing() {}

/// How many numbers a list has, after all of them have been
/// converted: to see what that costs.
///
/// Raises `TypeError` for what is no number, `OverflowError`
/// for one that 64 bits cannot hold.
#[pyfunction]
fn from_list(numbers: &Bound<'_, PyList>) -> PyResult<usize> {
    let converted: Vec<i64> = numbers.extract()?;
    Ok(converted.len())
}

/// How many rows a column of text has: to see what it costs that it arrives.
#[pyfunction]
fn from_arrow(texts: Texts) -> usize {
    texts.len()
}

#[pymodule]
mod choosing_rust {
    #[pymodule_export]
    use super::{addresses, from_arrow, from_list, indentation, mean_by, nothing};
    #[pymodule_export]
    use crate::column::Column;
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
