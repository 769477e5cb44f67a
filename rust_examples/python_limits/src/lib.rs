//! Where pure Python stops: the closest names to a misspelt one.

mod arguments;
mod best;
mod bits;
mod column;

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod names;
mod native;
mod pace;
pub mod profile;
mod search;
mod solutions;
mod table;
mod threads;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::arguments::letters;
use crate::pace::UntilSignal;

/// A table of more cells than this is not filled in cell by cell.
const MOST_CELLS: usize = 1 << 20;

/// How many letters to insert, delete or replace, at least, to make `b` of `a`.
///
/// Letters are Unicode code points, as in Python's `str`. Ctrl-C is heeded.
#[pyfunction]
fn distance(py: Python<'_>, a: &Bound<'_, PyString>, b: &Bound<'_, PyString>) -> PyResult<usize> {
    let (a, b) = (letters(a)?, letters(b)?);
    let lengths = a.len().checked_mul(b.len());
    if lengths.is_some_and(|cells| (1..=MOST_CELLS).contains(&cells)) {
        return Ok(table::edits(&a, &b));
    }
    let (shorter, longer) = if a.len() < b.len() { (a, b) } else { (b, a) };
    py.detach(|| bits::long_distance(&longer, &shorter, &mut UntilSignal::default()))
}

#[pymodule]
mod python_limits {
    #[pymodule_export]
    use super::distance;
    #[pymodule_export]
    use crate::names::Names;
    #[pymodule_export]
    use crate::native::{in_order, read, total, words};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
