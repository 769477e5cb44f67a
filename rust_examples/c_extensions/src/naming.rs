//! A string that may have no UTF-8.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// Whether a name begins with an underscore.
///
/// Raises `UnicodeEncodeError` where the name holds half of a surrogate
/// pair, for which UTF-8 has no bytes.
#[pyfunction]
pub fn is_private(name: &Bound<'_, PyString>) -> PyResult<bool> {
    let text = name.to_str()?;
    Ok(text.starts_with('_'))
}
