//! What Python already does in C, or leaves to the system, done in Rust for comparison.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyList};

use crate::arguments::{each, room, strings};

/// How many bytes are read between two looks at Python.
const BLOCK: u64 = 1 << 22;

/// The sum of a list of integers.
///
/// Raises `OverflowError` where a number, or a sum on the way, is wider than 64 bits.
#[pyfunction]
pub fn total(numbers: &Bound<'_, PyList>) -> PyResult<i64> {
    let mut sum = 0_i64;
    each(numbers, |_, number| {
        let number: i64 = number.extract()?;
        sum = sum.checked_add(number).ok_or_else(too_large)?;
        Ok(())
    })?;
    Ok(sum)
}

fn too_large() -> PyErr {
    PyOverflowError::new_err("the sum does not fit in 64 bits")
}

/// The names in the order of their letters, as `sorted` has it.
///
/// Raises `UnicodeEncodeError` where a name holds a lone surrogate.
#[pyfunction]
pub fn in_order(py: Python<'_>, names: &Bound<'_, PyAny>) -> PyResult<Vec<PyBackedStr>> {
    let names = strings("name", names)?.into_iter();
    let mut names = names
        .map(PyBackedStr::try_from)
        .collect::<PyResult<Vec<_>>>()?;
    py.detach(|| names.sort());
    Ok(names)
}

/// The words of a text: what `re.findall(r"\\w+", text, re.ASCII)` finds.
///
/// Raises `UnicodeEncodeError` where the text holds a lone surrogate.
#[pyfunction]
pub fn words(text: &str) -> Vec<&str> {
    let between = |byte: char| !(byte.is_ascii_alphanumeric() || byte == '_');
    text.split(between)
        .filter(|word| !word.is_empty())
        .collect()
}

/// The bytes of a file.
///
/// Raises `OSError` and `ValueError` as `open` does, and heeds Ctrl-C.
#[pyfunction]
pub fn read(py: Python<'_>, path: PathBuf) -> PyResult<Bound<'_, PyBytes>> {
    let mut file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::InvalidInput => PyValueError::new_err(error.to_string()), // such as a zero in the path
        _ => error.into(),
    })?;
    let mut bytes = Vec::new();
    room(
        &mut bytes,
        usize::try_from(file.metadata()?.len()).unwrap_or(0),
    )?;
    let mut full = true;
    while full {
        let some = py.detach(|| Read::take(&mut file, BLOCK).read_to_end(&mut bytes))?;
        py.check_signals()?;
        full = some > 0;
    }
    Ok(PyBytes::new(py, &bytes))
}
