//! What the system says, as the exception that Python would raise.

use std::io;
use std::path::Path;

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

/// The exception, as Python's own `open` or `os.listdir` would raise it for `path`.
pub fn os_error(py: Python<'_>, error: &io::Error, path: &Path) -> PyErr {
    match error.raw_os_error() {
        Some(code) => numbered(py, code, error, path).unwrap_or_else(|error| error),
        None if error.kind() == io::ErrorKind::InvalidInput => {
            PyValueError::new_err("embedded null byte")
        }
        None => PyOSError::new_err(error.to_string()),
    }
}

/// Python chooses the type by the number, and only where it makes the exception itself.
fn numbered(py: Python<'_>, code: i32, error: &io::Error, path: &Path) -> PyResult<PyErr> {
    let kind = py.get_type::<PyOSError>();
    let path = path.as_os_str();
    let made = if cfg!(windows) {
        kind.call1((0, error.to_string(), path, code))?
    } else {
        let words = py.import("os")?.call_method1("strerror", (code,))?;
        kind.call1((code, words, path))?
    };
    Ok(PyErr::from_value(made))
}
