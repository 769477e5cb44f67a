//! What a tool costs, for the exercise on building and calling.

use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;

/// A tool: what it costs once, and what each call costs.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Tool {
    /// What it is called.
    pub name: String,
    /// Seconds to build.
    pub build: f64,
    /// Seconds of a call.
    pub call: f64,
}

/// The tools of a list, or of whatever else can be gone through: what it says
/// of its length need not be true.
///
/// # Errors
///
/// What going through it or converting a tool raises, and
/// `MemoryError` where memory holds no more.
pub fn collected(items: &Bound<'_, PyAny>) -> PyResult<Vec<Tool>> {
    let mut found = Vec::new();
    for item in items.try_iter()? {
        items.py().check_signals()?;
        found
            .try_reserve(1)
            .map_err(|_| PyMemoryError::new_err("no room for so many tools"))?;
        found.push(item?.extract()?);
    }
    Ok(found)
}
