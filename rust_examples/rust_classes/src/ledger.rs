//! A ledger: what it is to Python.

use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyList, PySlice, PyTuple};

use crate::book::{Book, Entry};
use crate::currency::Currency;
use crate::entries::Entries;
use crate::fault::Fault;
use crate::money::Money;
use crate::transaction::Transaction;

/// A list of entries, pairs of an account and money, to which one can only add.
///
/// Its transactions belong to one thread at a time.
#[pyclass(module = "rust_classes", sequence)]
pub struct Ledger {
    pub book: Book,
}

#[pymethods]
impl Ledger {
    /// A ledger of these accounts, without an entry. Raises
    /// `ValueError` where two have one name.
    #[new]
    #[pyo3(signature = (*accounts))]
    fn new(accounts: Vec<PyBackedStr>) -> Result<Self, Fault> {
        let mut book = Book::default();
        for name in accounts {
            book.open_account(&name)?;
        }
        Ok(Self { book })
    }

    /// Add an entry: so much money into an account or, below zero, out of it.
    ///
    /// Raises `KeyError` where there is no such account.
    fn post(&mut self, account: &str, money: Money) -> Result<(), Fault> {
        self.book.post(account, money)
    }

    /// What an account holds of a currency.
    ///
    /// Raises `KeyError` where there is no such account,
    /// `OverflowError` where 64 bits do not hold it.
    fn balance(&self, account: &str, currency: Currency) -> Result<Money, Fault> {
        self.book.balance(account, currency)
    }

    /// A context manager: what is posted within stays if the
    /// block ends well, and else is gone.
    fn transaction(slf: Py<Self>) -> Transaction {
        Transaction::new(slf)
    }

    /// Post all pairs of an iterable, or none where one of them cannot be had or posted.
    fn extend(slf: &Bound<'_, Self>, entries: &Bound<'_, PyAny>) -> PyResult<()> {
        let found = collected(entries)?; // Python runs, and nothing is borrowed
        let book = &mut slf.try_borrow_mut()?.book; // borrowed, and no Python runs
        Ok(book.post_all(&found)?)
    }

    /// The same with a mistake: Python runs while the ledger is lent.
    fn extend_while_lent(&mut self, entries: &Bound<'_, PyAny>) -> PyResult<()> {
        for entry in entries.try_iter()? {
            let (account, money): (PyBackedStr, Money) = entry?.extract()?;
            self.book.post(&account, money)?;
        }
        Ok(())
    }

    fn __len__(&self) -> usize {
        self.book.entries.len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (py, entries) = (index.py(), &self.book.entries);
        let len = entries.len().cast_signed();
        if let Ok(slice) = index.cast::<PySlice>() {
            let slice = slice.indices(len)?;
            let steps = (0..slice.slicelength).map(|step| step.cast_signed() * slice.step);
            let chosen =
                steps.map(|step| as_pair(py, &entries[(slice.start + step).cast_unsigned()]));
            let chosen = chosen.collect::<PyResult<Vec<_>>>()?;
            return Ok(PyList::new(py, chosen)?.into_any());
        }
        let place = place_of(index)?;
        let place = if place < 0 { place + len } else { place };
        let entry = usize::try_from(place)
            .ok()
            .and_then(|place| entries.get(place));
        let entry = entry.ok_or_else(|| PyIndexError::new_err("ledger index out of range"))?;
        Ok(as_pair(py, entry)?.into_any())
    }

    fn __contains__(&self, entry: &Bound<'_, PyAny>) -> bool {
        let Ok((account, money)) = entry.extract::<(PyBackedStr, Money)>() else {
            return false;
        };
        let mut entries = self.book.entries.iter();
        entries.any(|(name, posted)| **name == *account && *posted == money)
    }

    fn __iter__(slf: Py<Self>, py: Python<'_>) -> PyResult<Entries> {
        Entries::of(slf, py)
    }
}

/// An entry as Python sees it.
pub fn as_pair<'py>(py: Python<'py>, (account, money): &Entry) -> PyResult<Bound<'py, PyTuple>> {
    (&**account, *money).into_pyobject(py)
}

/// The pairs of an iterable, which may well go on for ever.
fn collected(entries: &Bound<'_, PyAny>) -> PyResult<Vec<(PyBackedStr, Money)>> {
    let mut found = Vec::new();
    for (number, entry) in entries.try_iter()?.enumerate() {
        if number % 1024 == 0 {
            entries.py().check_signals()?;
            found.try_reserve(1024).map_err(|_| Fault::NoRoom)?;
        }
        found.push(entry?.extract()?);
    }
    Ok(found)
}

/// The integer within the brackets. Raises what a list raises.
fn place_of(index: &Bound<'_, PyAny>) -> PyResult<isize> {
    index.extract().map_err(|error: PyErr| {
        let py = index.py();
        if error.is_instance_of::<PyOverflowError>(py) {
            return PyIndexError::new_err("cannot fit 'int' into an index-sized integer");
        }
        if !error.is_instance_of::<PyTypeError>(py) {
            return error; // somebody's own __index__ raised it
        }
        let kind = index.get_type();
        let kind = match kind.name() {
            Ok(name) => name,
            Err(error) => return error,
        };
        PyTypeError::new_err(format!(
            "ledger indices must be integers or slices, not {kind}"
        ))
    })
}
