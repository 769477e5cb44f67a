//! What Python passes, taken with care.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyList;

/// The items of a list, as finite numbers above zero.
///
/// # Errors
///
/// `ValueError` at the first item that is another number, and
/// `TypeError` at the first that is none.
pub fn positive(numbers: &Bound<'_, PyList>) -> PyResult<Vec<f64>> {
    numbers.iter().map(|item| above_zero(&item)).collect()
}

fn above_zero(item: &Bound<'_, PyAny>) -> PyResult<f64> {
    let number: f64 = item.extract()?;
    if number.is_finite() && number > 0.0 {
        return Ok(number);
    }
    let message = format!("{} is not a finite number above zero", item.repr()?);
    Err(PyValueError::new_err(message))
}
