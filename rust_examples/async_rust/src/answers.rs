//! Answers as Python has them: text, and the exceptions of its own sockets.

use std::io;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyOSError, PyTimeoutError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::calls::{Answer, Trouble};

/// What servers have answered, each with its place among the addresses.
#[derive(Default)]
pub struct Answers(Vec<(usize, Answer)>);

impl Answers {
    pub fn add(&mut self, place: usize, answer: Answer) {
        self.0.push((place, answer));
    }
}

/// A list in the order of the addresses.
impl<'py> IntoPyObject<'py> for Answers {
    type Target = PyList;
    type Output = Bound<'py, PyList>;
    type Error = PyErr;

    fn into_pyobject(mut self, py: Python<'py>) -> PyResult<Self::Output> {
        self.0.sort_unstable_by_key(|&(place, _)| place);
        let objects = self.0.iter().map(|(_, answer)| object(py, answer));
        PyList::new(py, objects.collect::<PyResult<Vec<_>>>()?)
    }
}

/// The words, or the exception, which is not raised.
pub fn object<'py>(py: Python<'py>, answer: &Answer) -> PyResult<Bound<'py, PyAny>> {
    match answer {
        Ok(words) => words.into_bound_py_any(py),
        Err(trouble) => exception(py, trouble),
    }
}

/// Where `?` leaves a function of Python's, the exception is raised.
impl From<Trouble> for PyErr {
    fn from(trouble: Trouble) -> Self {
        Python::attach(|py| exception(py, &trouble).map_or_else(|error| error, Self::from_value))
    }
}

/// As Python's own sockets would have it: `OSError` chooses the type by the number.
fn exception<'py>(py: Python<'py>, trouble: &Trouble) -> PyResult<Bound<'py, PyAny>> {
    let Trouble { error, place } = trouble;
    let kind = py.get_type::<PyOSError>();
    let words = error.to_string();
    match error.raw_os_error() {
        Some(code) if cfg!(windows) => kind.call1((0, words, place, code)),
        Some(code) => {
            let words = py.import("os")?.call_method1("strerror", (code,))?;
            kind.call1((code, words, place))
        }
        None => {
            let kind = match error.kind() {
                io::ErrorKind::TimedOut => py.get_type::<PyTimeoutError>(),
                io::ErrorKind::InvalidInput => py.get_type::<PyValueError>(),
                _ => kind,
            };
            kind.call1((format!("{place}: {words}"),))
        }
    }
}
