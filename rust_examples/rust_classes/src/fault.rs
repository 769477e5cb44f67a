//! What can be wrong, and the exception that says so.

use pyo3::exceptions::{
    PyKeyError, PyMemoryError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use thiserror::Error;

use crate::currency::Currency;

/// All that can be wrong with money and a ledger.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Fault {
    #[error("{0} and {1} do not mix: exchange one of them first")]
    Mixed(Currency, Currency),
    #[error("the amount does not fit in 64 bits")]
    TooLarge,
    #[error("{0:?} is no amount: write it like '9.90 EUR', '500 JPY' or '1.250 KWD'")]
    NotAnAmount(String),
    #[error("{0}")]
    NoAccount(String),
    #[error("there are two accounts called {0:?}")]
    TwoAccounts(String),
    #[error("there is no room for another entry")]
    NoRoom,
    #[error("the transaction is open already")]
    OpenAlready,
    #[error("the transaction is not open")]
    NotOpen,
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        let message = fault.to_string();
        match fault {
            Fault::Mixed(..) => PyTypeError::new_err(message),
            Fault::TooLarge => PyOverflowError::new_err(message),
            Fault::NotAnAmount(_) | Fault::TwoAccounts(_) => PyValueError::new_err(message),
            Fault::NoAccount(_) => PyKeyError::new_err(message),
            Fault::NoRoom => PyMemoryError::new_err(message),
            Fault::OpenAlready | Fault::NotOpen => PyRuntimeError::new_err(message),
        }
    }
}
