//! A small Ruff.
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod lint;
mod solutions;
mod trouble;

use std::path::PathBuf;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::lint::{Python as Interpreter, Stop, check_tree};

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
    /// As flake8 has them: `F401` for an unused import, `E902` for what cannot be read,
    /// `E999` for an error of syntax.
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

/// The unused imports in a file, or in all `.py` files of a
/// folder and the folders within.
///
/// The rules are those of pyflakes, and `# noqa` is not heeded. Symbolic links within the
/// folder are not followed. What cannot be read or is no Python is a diagnostic like any
/// other. `threads` is how many work at it, one a core if it is `None`. Other threads of
/// Python run meanwhile, and Ctrl-C is heard.
///
/// Raises what `os.listdir` would where there is no such folder, and `ValueError` where
/// `threads` is not between 1 and 64.
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

/// A small Ruff.
#[pymodule]
mod case_studies {
    #[pymodule_export]
    use super::{Diagnostic, unused_imports};

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
