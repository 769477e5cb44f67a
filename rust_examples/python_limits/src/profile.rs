//! What a profiler tells, for the exercise on the hot line.

use pyo3::prelude::*;

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
