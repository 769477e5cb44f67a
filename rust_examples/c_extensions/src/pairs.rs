//! References that are given back, and some that are not.

use std::mem;

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

/// Each name with its length, in tuples.
///
/// Raises what `len` raises.
#[pyfunction]
#[pyo3(signature = (*names))]
pub fn with_lengths<'py>(names: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyList>> {
    let found = PyList::empty(names.py());
    for name in names {
        let pair = (name.len()?, name).into_pyobject(names.py())?;
        found.append(&pair)?;
    }
    Ok(found)
}

/// The same, but each pair stays in memory for ever.
#[pyfunction]
#[pyo3(signature = (*names))]
pub fn with_lengths_forgotten<'py>(names: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyList>> {
    let found = PyList::empty(names.py());
    for name in names {
        let pair = (name.len()?, name).into_pyobject(names.py())?;
        found.append(&pair)?;
        mem::forget(pair);
    }
    Ok(found)
}
