//! Going through a ledger.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::ledger::{Ledger, as_pair};

/// The entries of a ledger, one after the other.
#[pyclass(module = "rust_classes")]
pub struct Entries {
    ledger: Option<Py<Ledger>>,
    len: usize,
    next: usize,
}

impl Entries {
    /// All entries from the first on.
    pub fn of(ledger: Py<Ledger>, py: Python<'_>) -> PyResult<Self> {
        let len = ledger.bind(py).try_borrow()?.book.entries.len();
        let (ledger, next) = (Some(ledger), 0);
        Ok(Self { ledger, len, next })
    }
}

#[pymethods]
impl Entries {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let Some(ledger) = &self.ledger else {
            return Ok(None);
        };
        let ledger = ledger.bind(py).try_borrow()?;
        if ledger.book.entries.len() != self.len {
            let message = "ledger changed size during iteration";
            return Err(PyRuntimeError::new_err(message));
        }
        let Some(entry) = ledger.book.entries.get(self.next) else {
            drop(ledger);
            self.ledger = None; // who is at the end stays there
            return Ok(None);
        };
        self.next += 1;
        as_pair(py, entry).map(Some)
    }
}
