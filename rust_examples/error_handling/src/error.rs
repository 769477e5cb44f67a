//! The one way out: how a fault in Rust becomes an exception in Python.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::fault::{CronError, Fault};

/// A crontab that cannot be read.
///
/// `reason` says what is wrong. `line` and `column` say where: both count from 1, columns in characters.
#[pyclass(extends = PyValueError, module = "error_handling", frozen, get_all, subclass)]
pub struct CrontabError {
    reason: String,
    line: usize,
    column: usize,
}

#[pymethods]
impl CrontabError {
    #[new]
    fn new(reason: String, line: usize, column: usize) -> Self {
        Self {
            reason,
            line,
            column,
        }
    }

    fn __str__(&self) -> String {
        let (line, column, reason) = (self.line, self.column, &self.reason);
        format!("line {line}, column {column}: {reason}")
    }
}

impl From<CronError> for PyErr {
    fn from(error: CronError) -> Self {
        let reason = error.fault.to_string();
        let raised = PyErr::new::<CrontabError, _>((reason, error.line, error.column));
        if let Fault::NotANumber(.., source) = error.fault {
            Python::attach(|py| raised.set_cause(py, Some(source.into())));
        }
        raised
    }
}
