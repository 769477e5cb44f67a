//! What Python gets to see of a finding.

use std::path::{Path, PathBuf};

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString, PyTuple};

use crate::check::Finding;

/// The names of its fields, in their order.
type Fields = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);
const FIELDS: Fields = ("path", "line", "column", "code", "message");

/// Something that is to be said of a program. It can be sorted, put into a
/// set, matched and made a `dict` of.
#[pyclass(frozen, get_all, eq, ord, hash, module = "rust_ecosystem")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Diagnostic {
    /// The file, as it was reached from the path that was asked about; `None` for a text.
    path: Option<PathBuf>,
    /// The line, from 1; 0 where it concerns the whole file.
    line: usize,
    /// The column, in characters from 1; 0 where it concerns the whole file.
    column: usize,
    /// The code of the rule; `E902` for what cannot be read, and
    /// `E999` for an error of syntax.
    code: &'static str,
    /// What is to be said.
    message: String,
}

impl Diagnostic {
    /// A finding, and where it was found.
    pub fn new(path: Option<PathBuf>, finding: Finding) -> Self {
        let Finding {
            line,
            column,
            code,
            message,
        } = finding;
        Self {
            path,
            line,
            column,
            code,
            message,
        }
    }
}

#[pymethods]
impl Diagnostic {
    #[classattr]
    fn __match_args__() -> Fields {
        FIELDS
    }

    /// The names of its fields.
    #[staticmethod]
    fn keys() -> Fields {
        FIELDS
    }

    /// The value of a field. Raises `KeyError` where there is none of this name.
    fn __getitem__<'py>(
        slf: &Bound<'py, Self>,
        key: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        match key.cast::<PyString>() {
            Ok(name) if fields(slf.py())?.contains(name)? => slf.getattr(name),
            _ => Err(PyKeyError::new_err((key.clone().unbind(),))),
        }
    }

    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyIterator>> {
        fields(slf.py())?.try_iter()
    }

    fn __len__(slf: &Bound<'_, Self>) -> PyResult<usize> {
        Ok(fields(slf.py())?.len())
    }

    fn __str__(&self) -> String {
        let path = self.path.as_deref();
        let path = path.map_or("<text>".into(), Path::to_string_lossy);
        let (line, column) = (self.line, self.column);
        format!("{path}:{line}:{column}: {} {}", self.code, self.message)
    }

    fn __repr__(&self) -> String {
        format!("<{}>", self.__str__())
    }
}

/// The names of its fields, for Python.
fn fields(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    FIELDS.into_pyobject(py)
}
