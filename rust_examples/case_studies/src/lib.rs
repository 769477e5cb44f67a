//! A small Ruff and a small uv.
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod lint;
mod resolve;
mod solutions;
mod trouble;

use std::path::PathBuf;

use pyo3::create_exception;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::lint::{Python as Interpreter, Stop, check_tree};
use crate::resolve::Failed;

create_exception!(
    case_studies,
    NoSolution,
    PyValueError,
    "No versions fit together; the message says why."
);

/// More than this is a slip of the keyboard.
const MOST_THREADS: usize = 64;

/// Something that is to be said of a file.
#[pyclass(frozen, get_all, eq, module = "case_studies")]
#[derive(Clone, PartialEq)]
struct Diagnostic {
    /// The file, or the folder, as it was reached from the path that was asked about.
    path: PathBuf,
    /// The line, from 1; 0 where it concerns the whole file.
    line: usize,
    /// The column, in characters from 1; 0 where it concerns the whole file.
    column: usize,
    /// As flake8 has them: `F401` for an unused import, `E902` for what cannot be read, `E999` for an error of
    /// syntax.
    code: &'static str,
    /// What is to be said.
    message: String,
}

#[pymethods]
impl Diagnostic {
    fn __str__(&self) -> String {
        let (path, line, column) = (self.path.display(), self.line, self.column);
        format!("{path}:{line}:{column}: {} {}", self.code, self.message)
    }

    fn __repr__(&self) -> String {
        format!("<{}>", self.__str__())
    }
}

impl From<lint::Diagnostic> for Diagnostic {
    fn from(found: lint::Diagnostic) -> Self {
        let lint::Diagnostic {
            path,
            line,
            column,
            code,
            message,
        } = found;
        Self {
            path,
            line,
            column,
            code,
            message,
        }
    }
}

/// The unused imports in a file, or in all `.py` files of a folder and the folders within.
///
/// The rules are those of pyflakes, and `# noqa` is not heeded. Symbolic links within the folder are not
/// followed. What cannot be read or is no Python is a diagnostic like any other. `threads` is how many work at
/// it, one a core if it is `None`. Other threads of Python run meanwhile, and Ctrl-C is heard.
///
/// Raises what `os.listdir` would where there is no such folder, and `ValueError` where `threads` is not
/// between 1 and 64.
#[pyfunction]
#[pyo3(signature = (path, *, threads=None))]
fn unused_imports(
    py: Python<'_>,
    path: PathBuf,
    threads: Option<usize>,
) -> PyResult<Vec<Diagnostic>> {
    if let Some(threads) = threads
        && !(1..=MOST_THREADS).contains(&threads)
    {
        let message = format!("threads must be between 1 and {MOST_THREADS}, not {threads}");
        return Err(PyValueError::new_err(message));
    }
    let interpreter = interpreter(py)?;
    let threads = threads.unwrap_or(0);
    let found = py.detach(|| check_tree(&path, &interpreter, threads, go_on));
    match found {
        Ok(found) => Ok(found.into_iter().map(Diagnostic::from).collect()),
        Err(Stop::System(error)) => Err(trouble::os_error(py, &error, &path)),
        Err(Stop::Asked(error)) => Err(error),
    }
}

/// Whether to go on: not if a signal has come, and its handler has raised an exception.
#[allow(clippy::redundant_closure_for_method_calls)] // the method serves one lifetime only
fn go_on() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

/// The names that are there by themselves, in the Python that asks.
fn interpreter(py: Python<'_>) -> PyResult<Interpreter> {
    let mut builtins = Interpreter::default();
    for name in py.import("builtins")?.dir()? {
        builtins.builtins.insert(name.extract()?);
    }
    let more = [
        "__file__",
        "__builtins__",
        "__annotations__",
        "WindowsError",
    ];
    builtins.builtins.extend(more.map(str::to_owned));
    builtins.lazy_annotations = py.version_info() >= (3, 14);
    Ok(builtins)
}

/// A recorded index of what projects require, and the environment that it was recorded for.
#[pyclass(frozen, module = "case_studies")]
struct Index(resolve::Index);

#[pymethods]
impl Index {
    /// Read an index from the text of `index.json`.
    ///
    /// Raises `ValueError` where it is none, or holds a version or a requirement that is none.
    #[new]
    fn new(py: Python<'_>, json: &str) -> PyResult<Self> {
        let index = py.detach(|| resolve::Index::read(json));
        index.map(Self).map_err(PyValueError::new_err)
    }

    /// How many projects there are, and how many releases of them.
    #[getter]
    fn size(&self) -> (usize, usize) {
        self.0.size()
    }

    /// Versions that satisfy all `requirements` and what they bring in turn, by project.
    ///
    /// The newest are preferred. Extras are followed, and markers evaluated for the environment of the index. A
    /// withdrawn release is left out, unless the requirements allow this version and no other. Ctrl-C is heard.
    ///
    /// Raises `NoSolution` where nothing fits, with the reasons; `ValueError` where a requirement is none, and
    /// `TypeError` where it is no string.
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
        match py.detach(|| resolve::resolve(&self.0, &asked, go_on)) {
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

/// A small Ruff and a small uv.
#[pymodule]
mod case_studies {
    #[pymodule_export]
    use super::{Diagnostic, Index, NoSolution, unused_imports};

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
