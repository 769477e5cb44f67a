//! A small uv: which versions of which projects fit together, found by
//! `PubGrub` in a recorded index.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod explain;
mod index;
mod provider;
mod requirement;
mod solutions;

use pyo3::create_exception;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::provider::Failed;

create_exception!(
    small_uv,
    NoSolution,
    PyValueError,
    "No versions fit together; the message says why."
);

/// A recorded index of what projects require, and the
/// environment that it was recorded for.
#[pyclass(frozen, module = "small_uv")]
struct Index(index::Index);

#[pymethods]
impl Index {
    /// Read an index from the text of `index.json`.
    ///
    /// Raises `ValueError` where it is none, or holds a version
    /// or a requirement that is none.
    #[new]
    fn new(py: Python<'_>, json: &str) -> PyResult<Self> {
        let index = py.detach(|| index::Index::read(json));
        index.map(Self).map_err(PyValueError::new_err)
    }

    /// How many projects there are, and how many releases of them.
    #[getter]
    fn size(&self) -> (usize, usize) {
        self.0.size()
    }

    /// Versions that satisfy all `requirements` and what they bring in turn, by project.
    ///
    /// The newest are preferred. Extras are followed, and markers evaluated for the
    /// environment of the index. A withdrawn release is left out, unless the requirements
    /// allow this version and no other. Ctrl-C is heard.
    ///
    /// Raises `NoSolution` where nothing fits, with the reasons; `ValueError` where a
    /// requirement is none, and `TypeError` where it is no string.
    fn resolve<'py>(
        &self,
        py: Python<'py>,
        requirements: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        if requirements.is_instance_of::<PyString>() {
            let message = "one string is no list of requirements: put it into one";
            return Err(PyTypeError::new_err(message));
        }
        let mut asked = Vec::new();
        for requirement in requirements.try_iter()? {
            py.check_signals()?;
            let requirement: String = requirement?.extract()?;
            asked.push(requirement.parse().map_err(PyValueError::new_err)?);
        }
        match py.detach(|| provider::resolve(&self.0, &asked, go_on)) {
            Ok(found) => {
                let versions = PyDict::new(py);
                for (name, version) in found {
                    versions.set_item(name, version)?;
                }
                Ok(versions)
            }
            Err(Failed::NoSolution(why)) => Err(NoSolution::new_err(why)),
            Err(Failed::Stopped(error)) => Err(error),
        }
    }

    fn __repr__(&self) -> String {
        let (projects, releases) = self.0.size();
        format!("<{releases} releases of {projects} projects>")
    }
}

/// Whether to go on: not if a signal has come, and its handler has raised an exception.
#[allow(clippy::redundant_closure_for_method_calls)] // the method serves one lifetime only
fn go_on() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

/// A small uv.
#[pymodule]
mod small_uv {
    #[pymodule_export]
    use super::{Index, NoSolution};

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
