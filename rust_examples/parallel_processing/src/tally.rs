//! A count that several threads add to and report to Python:
//! with a deadlock, and without.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

/// A count that several threads share.
#[pyclass(module = "parallel_processing", frozen)]
pub struct Tally {
    count: Mutex<u64>,
}

#[pymethods]
impl Tally {
    /// A tally at 0.
    #[new]
    fn new() -> Self {
        Self {
            count: Mutex::new(0),
        }
    }

    /// Add `more`, then call `report` with the new count. With two
    /// threads this comes to a standstill.
    fn add_or_deadlock(&self, more: u64, report: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count = plus(*count, more)?;
        report.call1((*count,))?;
        Ok(())
    }

    /// Add `more`, then call `report` with the new count.
    ///
    /// Raises `OverflowError` where the count would not fit in 64
    /// bits, and leaves it as it was.
    fn add(&self, py: Python<'_>, more: u64, report: &Bound<'_, PyAny>) -> PyResult<()> {
        let now = {
            let mut count = self
                .count
                .lock_py_attached(py)
                .unwrap_or_else(PoisonError::into_inner);
            *count = plus(*count, more)?;
            *count
        };
        report.call1((now,))?;
        Ok(())
    }
}

fn plus(count: u64, more: u64) -> PyResult<u64> {
    count
        .checked_add(more)
        .ok_or_else(|| PyOverflowError::new_err("the tally is full: it has 64 bits"))
}
