//! A word, and beside it something that is nobody's business.

use pyo3::exceptions::{PyIndexError, PyOverflowError};
use pyo3::prelude::*;

/// What a spelling service keeps of a customer, laid out as in C.
#[repr(C)]
struct Session {
    word: [u8; 16],
    key: [u8; 16],
}

static SESSION: Session = Session {
    word: *b"get_sizof\0\0\0\0\0\0\0",
    key: *b"k-93f1-open\0\0\0\0\0",
};

/// The letter of the word at an index.
///
/// Raises `IndexError` where the word has none: below 0, and from 16 on.
#[pyfunction]
pub fn letter(#[pyo3(from_py_with = place)] index: Option<usize>) -> PyResult<char> {
    let found = index.and_then(|index| SESSION.word.get(index));
    let byte = found.ok_or_else(|| PyIndexError::new_err("letter index out of range"))?;
    Ok(char::from(*byte))
}

/// A place in memory, or `None` for an integer that can be none, however large.
fn place(index: &Bound<'_, PyAny>) -> PyResult<Option<usize>> {
    match index.extract::<usize>() {
        Err(error) if error.is_instance_of::<PyOverflowError>(index.py()) => Ok(None),
        extracted => extracted.map(Some),
    }
}
