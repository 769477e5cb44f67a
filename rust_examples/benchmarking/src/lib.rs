//! Words, counted in several ways, to be measured.

pub mod arguments;
mod counting;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod solutions;
mod tally;

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict};

use crate::counting::{add_copied, add_viewed, blocks};
use crate::tally::Tally;

/// How often each word stands in `text`, by word; words stand between
/// white space, as for `str.split`.
///
/// The first version, which copies every word. Raises `UnicodeEncodeError` where the text
/// holds half of a surrogate pair, which is no text in UTF-8.
#[pyfunction]
fn count_copied(py: Python<'_>, text: &str) -> PyResult<HashMap<String, usize>> {
    let mut counts = HashMap::new();
    for block in blocks(text) {
        add_copied(&mut counts, block);
        py.check_signals()?; // Ctrl-C ends even a very long count
    }
    Ok(counts)
}

/// The same, with views of the words in place of copies.
#[pyfunction]
fn count_viewed<'text>(py: Python<'_>, text: &'text str) -> PyResult<HashMap<&'text str, usize>> {
    let mut counts = HashMap::new();
    for block in blocks(text) {
        add_viewed(&mut counts, block);
        py.check_signals()?;
    }
    Ok(counts)
}

/// How often each word stands in `text`, by word, in the order of
/// `collections.Counter(text.split())`.
///
/// Other Python threads run meanwhile. Raises `UnicodeEncodeError` where the text holds
/// half of a surrogate pair, which is no text in UTF-8.
#[pyfunction]
fn count_words<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyDict>> {
    let mut tally = Tally::default();
    for block in blocks(text) {
        py.detach(|| tally.add(block));
        py.check_signals()?;
    }
    tally.counts().into_py_dict(py)
}

/// Words, counted in several ways, to be measured.
#[pymodule]
mod benchmarking {
    #[pymodule_export]
    use super::{count_copied, count_viewed, count_words};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
