//! What may stand in a column, and how it crosses the border.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::weight::{self, Unit};

/// One entry of a column: text to be read, or a number.
pub enum Entry<'py> {
    Text(Bound<'py, PyString>),
    Number(f64),
}

impl<'py> FromPyObject<'_, 'py> for Entry<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(text) = object.cast::<PyString>() {
            return Ok(Self::Text(text.to_owned()));
        }
        if object.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err(
                "a weight is text or a number, not bool",
            ));
        }
        object.extract().map(Self::Number)
    }
}

impl Entry<'_> {
    /// Its weight in kilograms, `None` where it cannot be
    /// read. A bare number is in `unit`.
    pub fn weigh(&self, unit: Unit) -> Option<f64> {
        match self {
            Self::Text(text) => weight::read(&text.to_string_lossy(), unit),
            Self::Number(number) => unit.weigh(*number),
        }
    }
}

/// A row as `csv.DictReader` gives it: a mapping with at least these two keys.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Row<'py> {
    pub name: String,
    pub weight: Option<Entry<'py>>,
}

/// The same row, clean. In Python it is a dict.
#[derive(IntoPyObject)]
pub struct CleanRow {
    pub name: String,
    pub kilograms: Option<f64>,
}
