//! `with ledger.transaction():`

use pyo3::prelude::*;

use crate::fault::Fault;
use crate::ledger::Ledger;

/// A part of a ledger that is posted as a whole or not at all.
#[pyclass(module = "rust_classes")]
pub struct Transaction {
    ledger: Py<Ledger>,
    number: Option<u64>,
}

impl Transaction {
    /// A transaction that has not begun.
    pub fn new(ledger: Py<Ledger>) -> Self {
        let number = None;
        Self { ledger, number }
    }
}

#[pymethods]
impl Transaction {
    fn __enter__(&mut self, py: Python<'_>) -> PyResult<Py<Ledger>> {
        if self.number.is_some() {
            return Err(Fault::OpenAlready.into());
        }
        let book = &mut self.ledger.bind(py).try_borrow_mut()?.book;
        self.number = Some(book.begin());
        Ok(self.ledger.clone_ref(py))
    }

    fn __exit__(
        &mut self,
        exception: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
        _traceback: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        let book = &mut self.ledger.bind(exception.py()).try_borrow_mut()?.book;
        let number = self.number.take().ok_or(Fault::NotOpen)?;
        book.end(number, exception.is_none())?;
        Ok(false) // the exception, if there is one, goes on
    }
}
