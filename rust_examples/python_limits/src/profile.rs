//! What a profiler tells, for the exercise on the hot line.

use pyo3::prelude::*;

use crate::arguments::{each, room};

/// A line of a program: how often it was run, and how long all these runs took.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// How often it was run.
    pub runs: u64,
    /// All its runs together.
    pub microseconds: u64,
}

/// The lines of a list, or of whatever else can be gone through.
///
/// # Errors
///
/// What going through it or converting a line raises, and
/// `MemoryError` where memory holds no more.
pub fn collected(items: &Bound<'_, PyAny>) -> PyResult<Vec<Line>> {
    let mut found = Vec::new();
    each(items, |_, item| {
        room(&mut found, 1)?;
        found.push(item.extract()?);
        Ok(())
    })?;
    Ok(found)
}
