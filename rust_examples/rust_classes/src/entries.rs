//! Going through a ledger.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::ledger::{Ledger, as_pair};

/// The entries of a ledger, one after the other.
#[pyclass(module = "rust_classes")]
pub struct Entries {
    ledger: Py<Ledger>,
    len: usize,
    next: Option<usize>, // nothing at the end, and then for good
}

impl Entries {
    /// All entries from the first on.
    pub fn of(ledger: Py<Ledger>, py: Python<'_>) -> PyResult<Self> {
        let len = ledger.bind(py).try_borrow()?.book.entries.len();
        let next = Some(0);
        Ok(Self { ledger, len, next })
    }
}

#[pymethods]
impl Entries {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let Some(next) = self.next else {
            return Ok(None);
        };
        let entries = &self.ledger.bind(py).try_borrow()?.book.entries;
        if entries.len() != self.len {
            let message = "ledger changed size during iteration";
            return Err(PyRuntimeError::new_err(message));
        }
        let entry = entries.get(next);
        self.next = entry.map(|_| next + 1);
        entry.map(|entry| as_pair(py, entry)).transpose()
    }
}
