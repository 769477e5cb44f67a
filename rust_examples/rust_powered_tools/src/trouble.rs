//! What can go wrong with a path, and the exceptions that Python would raise.

use std::io;
use std::path::Path;

use pyo3::exceptions::{PyIsADirectoryError, PyOSError, PyValueError};
use pyo3::prelude::*;

/// Why a file was not examined.
#[derive(Debug)]
pub enum Trouble {
    /// It is a folder.
    Folder,
    /// It is a pipe, a socket or a device, which might never end.
    Special,
    /// What the system says.
    System(io::Error),
    /// What Python says, such as `KeyboardInterrupt`.
    Python(PyErr),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

impl Trouble {
    /// The exception, as Python's own `open` would raise it for `path`.
    pub fn into_py_err(self, py: Python<'_>, path: &Path) -> PyErr {
        match self {
            Self::Python(error) => error,
            Self::Folder => {
                PyIsADirectoryError::new_err((21, "Is a directory", path.as_os_str().to_owned()))
            }
            Self::Special => {
                let said = "it is a pipe, a socket or a device, and is not opened";
                PyValueError::new_err(format!("{}: {said}", path.display()))
            }
            Self::System(error) => match error.raw_os_error() {
                Some(code) => os_error(py, code, &error, path).unwrap_or_else(|error| error),
                None if error.kind() == io::ErrorKind::InvalidInput => {
                    PyValueError::new_err("embedded null byte")
                }
                None => error.into(),
            },
        }
    }
}

/// Python chooses the type by the number, and only where it makes the exception itself.
fn os_error(py: Python<'_>, code: i32, error: &io::Error, path: &Path) -> PyResult<PyErr> {
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
