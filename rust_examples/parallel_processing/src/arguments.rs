//! What Python passes, taken with care.

use numpy::ndarray::ArrayView1;
use numpy::{Element, PyReadonlyArray1, PyUntypedArrayMethods};
use pyo3::conversion::FromPyObjectOwned;
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;

/// How many items are taken between two looks at Python.
const BLOCK: usize = 1 << 20;

/// The items of a list, or of whatever else can be gone through.
///
/// PyO3's own conversion sets aside as much memory as `len` asks for, and ends the
/// process where there is not so much: `range(10**12)` is a short argument. We raise
/// `MemoryError`, as `list` does.
pub fn collected<'py, T: FromPyObjectOwned<'py>>(items: &Bound<'py, PyAny>) -> PyResult<Vec<T>> {
    let mut found = Vec::new();
    reserve(&mut found, items.len().unwrap_or(0))?;
    for (number, item) in items.try_iter()?.enumerate() {
        if found.len() == found.capacity() {
            reserve(&mut found, number.max(16))?;
        }
        if number % BLOCK == BLOCK - 1 {
            items.py().check_signals()?;
        }
        found.push(item?.extract().map_err(Into::into)?);
    }
    Ok(found)
}

/// Make room for `more` items, or raise `MemoryError`.
pub fn reserve<T>(items: &mut Vec<T>, more: usize) -> PyResult<()> {
    let reserved = items.try_reserve_exact(more);
    reserved.map_err(|_| PyMemoryError::new_err(format!("there is no room for {more} numbers")))
}

/// The numbers of an array, where they lie.
///
/// Raises `ValueError` where they do not begin at the addresses that their type needs, so
/// that Rust must not read them in place.
pub fn view<'a, T: Element>(array: &'a PyReadonlyArray1<'_, T>) -> PyResult<ArrayView1<'a, T>> {
    if !array.is_aligned() {
        let message = "the array is not aligned in memory: pass a copy";
        return Err(PyValueError::new_err(message));
    }
    Ok(array.as_array())
}
