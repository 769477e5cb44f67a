//! The one way out: how a fault in Rust becomes an exception in Python.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::fault::{CronError, Fault};

/// A crontab that cannot be read.
///
/// `reason` says what is wrong. `line` and `column` say where: both count
/// from 1, columns in characters.
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

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let (args, notes) = (slf.getattr("args")?, slf.getattr("__dict__")?);
        Ok((slf.get_type(), args.cast_into()?, notes.cast_into()?))
    }
}

/// What pickle asks for: the type, the arguments to call it with,
/// and the attributes to give it.
type Reduced<'py> = (Bound<'py, PyType>, Bound<'py, PyTuple>, Bound<'py, PyDict>);

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
