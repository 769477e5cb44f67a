//! Percent-decoding, and how we know that it is right.

mod digit;
mod draft;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod percent;
mod solutions;

use std::borrow::Cow;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyString};

/// How many bytes are decoded between two looks at Python.
const BLOCK: usize = 1 << 20;

/// The bytes that a percent-encoded text stands for, as
/// `urllib.parse.unquote_to_bytes` has them.
///
/// `text` is `str`, `bytes` or `bytearray`; a `str` is taken as UTF-8. Raises
/// `TypeError` for anything else, and `UnicodeEncodeError` where a `str`
/// holds half of a surrogate pair.
///
/// Tells the logger `testing.percent`, at level DEBUG, of the first
/// percent sign that begins no escape.
#[pyfunction]
fn unquote_to_bytes<'py>(text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = text.py();
    let raw = raw(text)?;
    let mut size = 0;
    patiently(py, percent::decode(&raw), |_| size += 1)?;
    percent::tell_of_a_stray(&raw);
    if let Some(error) = PyErr::take(py) {
        return Err(error); // a handler has raised it, and the log of Rust has no way to return it
    }
    PyBytes::new_with(py, size, |places| {
        let mut places = places.iter_mut();
        patiently(py, percent::decode(&raw), |byte| {
            if let Some(place) = places.next() {
                *place = byte;
            }
        })
    })
}

/// The bytes of a text, where they stand. Those of a `bytearray`
/// are copied, since it can change.
fn raw<'a>(text: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(text) = text.cast::<PyString>() {
        Ok(text.to_str()?.as_bytes().into())
    } else if text.is_instance_of::<PyBytes>() || text.is_instance_of::<PyByteArray>() {
        text.extract()
    } else {
        let found = text.get_type().name()?;
        let message = format!("expected str, bytes or bytearray, not {found}");
        Err(PyTypeError::new_err(message))
    }
}

/// Take the bytes one by one, and ask now and then whether somebody has pressed Ctrl-C.
fn patiently(
    py: Python<'_>,
    bytes: impl Iterator<Item = u8>,
    mut take: impl FnMut(u8),
) -> PyResult<()> {
    for (number, byte) in bytes.enumerate() {
        if number % BLOCK == BLOCK - 1 {
            py.check_signals()?;
        }
        take(byte);
    }
    Ok(())
}

/// The first draft of `unquote_to_bytes`, for `str` alone. Wrong: see the chapter.
#[pyfunction]
fn unquote_draft(text: &str) -> Vec<u8> {
    draft::decode(text)
}

#[pymodule]
mod testing {
    use pyo3::exceptions::PyRuntimeError;
    use pyo3::prelude::*;
    use pyo3_log::{Caching, Logger};

    #[pymodule_export]
    use super::{unquote_draft, unquote_to_bytes};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        let logger = Logger::new(module.py(), Caching::Loggers)?;
        match logger.install() {
            Ok(_) => Ok(()),
            Err(error) => Err(PyRuntimeError::new_err(error.to_string())),
        }
    }
}
