//! An index of texts: which page holds which word.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod index;
mod moves;
mod solutions;
mod words;

use std::collections::HashSet;
use std::fmt;

use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyDict, PyString};

use crate::index::{BorrowedIndex, OwnedIndex};
use crate::words::words;

/// The same items, with a look on every 4096th at whether somebody has pressed Ctrl-C.
fn interruptible<T>(
    py: Python<'_>,
    items: impl Iterator<Item = T>,
) -> impl Iterator<Item = PyResult<T>> {
    items.enumerate().map(move |(number, item)| {
        if number % 4096 == 0 {
            py.check_signals()?;
        }
        Ok(item)
    })
}

/// The words of `text`, in their order.
///
/// A word stands between white space. Punctuation at its ends does not belong to it.
#[pyfunction]
fn words_of(py: Python<'_>, text: &str) -> PyResult<Vec<String>> {
    let owned = words(text).map(str::to_owned);
    interruptible(py, owned).collect()
}

/// How many different words `text` has, found with a copy of every word.
#[pyfunction]
fn distinct_copied(py: Python<'_>, text: &str) -> PyResult<usize> {
    let copies = words(text).map(str::to_owned);
    let seen: HashSet<String> = interruptible(py, copies).collect::<PyResult<_>>()?;
    Ok(seen.len())
}

/// How many different words `text` has, found with views into it.
#[pyfunction]
fn distinct_viewed(py: Python<'_>, text: &str) -> PyResult<usize> {
    let views = words(text);
    let seen: HashSet<&str> = interruptible(py, views).collect::<PyResult<_>>()?;
    Ok(seen.len())
}

/// Which of your pages hold a word: an index of a dict from names to texts.
#[pyclass(module = "ownership", frozen)]
struct Index {
    names: Vec<Py<PyString>>,
    words: OwnedIndex,
}

#[pymethods]
impl Index {
    #[new]
    fn new(py: Python<'_>, pages: &Bound<'_, PyDict>) -> PyResult<Self> {
        let pages: Vec<(Py<PyString>, PyBackedStr)> = pages.items().extract()?;
        let mut index = BorrowedIndex::default();
        for (number, (_, text)) in pages.iter().enumerate() {
            for word in interruptible(py, words(text)) {
                index.add(word?, number);
            }
        }
        Ok(Self {
            words: index.into(),
            names: pages.into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// The names of the pages that hold `word`, in the order
    /// in which the pages were given.
    fn pages<'py>(&self, py: Python<'py>, word: &str) -> Vec<&Bound<'py, PyString>> {
        let numbers = self.words.pages(word);
        numbers.iter().map(|&at| self.names[at].bind(py)).collect()
    }

    fn __repr__(&self) -> String {
        format!("<Index: {self}>")
    }
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, pages) = (self.words.len(), self.names.len());
        write!(f, "{words} words on {pages} pages")
    }
}

/// For each of six lines, whether it moved the page: what came out when they were run.
///
/// The lines are those of the exercise `which_lines_move`.
#[pyfunction]
fn lines_that_moved() -> [bool; 6] {
    moves::six_lines()
}

/// An index of texts: which page holds which word.
#[pymodule]
mod ownership {
    #[pymodule_export]
    use super::{Index, distinct_copied, distinct_viewed, lines_that_moved, words_of};

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
