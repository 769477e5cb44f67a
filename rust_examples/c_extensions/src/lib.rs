//! What a C extension does, and its three ways to go wrong, in Rust.

mod arguments;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod naming;
mod pairs;
mod session;
mod solutions;
mod table;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::arguments::letters;
use crate::table::{first_row, next_row};

/// Rows longer than this are looked at one by one: somebody may want to stop.
const LONG: usize = 1 << 14;

/// How many letters to insert, delete or replace, at least, to make `b` of `a`.
///
/// Letters are Unicode code points, as in Python's `str`. Ctrl-C is heeded.
#[pyfunction]
fn distance(py: Python<'_>, a: &Bound<'_, PyString>, b: &Bound<'_, PyString>) -> PyResult<usize> {
    let (a, b) = (letters(a)?, letters(b)?);
    let mut row = first_row(b.len())?;
    for (number, &letter) in a.iter().enumerate() {
        if b.len() > LONG || number % 64 == 63 {
            py.check_signals()?;
        }
        next_row(&mut row, letter, &b);
    }
    Ok(row[b.len()])
}

/// Take two objects and do nothing, so that what remains is the price of a call.
#[pyfunction]
fn nothing(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) {
    let _ = (a, b);
}

#[pymodule]
mod c_extensions {
    #[pymodule_export]
    use super::{distance, nothing};
    #[pymodule_export]
    use crate::naming::is_private;
    #[pymodule_export]
    use crate::pairs::{with_lengths, with_lengths_forgotten};
    #[pymodule_export]
    use crate::session::letter;
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
