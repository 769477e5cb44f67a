//! What a package weighs, from the list of its files.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod record;
mod sheet;
mod solutions;

use std::cmp::Reverse;
use std::collections::HashMap;

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;

use crate::record::{Entry, Kind};

/// How many bytes the files of a RECORD have together, those of unknown size left out.
///
/// Raises `ValueError` at the first line that is none of a RECORD, and `OverflowError`
/// where 64 bits cannot hold the sum.
#[pyfunction]
fn weigh(py: Python<'_>, record: &str) -> PyResult<u64> {
    weight(&read_record(py, record)?)
}

/// The sum of all sizes that are known, or an `OverflowError`.
fn weight(entries: &[Entry]) -> PyResult<u64> {
    record::weight(entries)
        .ok_or_else(|| PyOverflowError::new_err("the sum does not fit in 64 bits"))
}

/// The bytes of a RECORD by kind of file: `source`, `bytecode`, `native`
/// and `other`, where there are any.
///
/// Raises what `weigh` raises.
#[pyfunction]
fn weigh_kinds(py: Python<'_>, record: &str) -> PyResult<HashMap<String, u64>> {
    let entries = read_record(py, record)?;
    weight(&entries)?; // where all together fit, each kind does
    let mut weights = HashMap::new();
    for entry in entries {
        if let Some(size) = entry.size {
            let kind = Kind::of(&entry.path).name();
            *weights.entry(kind.to_owned()).or_insert(0) += size;
        }
    }
    Ok(weights)
}

/// The `count` largest files of a RECORD, as pairs of path and size, the largest first.
///
/// Files of unknown size are left out; of two that are as large, the one that is listed
/// first comes first. Raises `ValueError` at the first line that is none of a RECORD.
#[pyfunction]
#[pyo3(signature = (record, count=3))]
fn largest(py: Python<'_>, record: &str, count: usize) -> PyResult<Vec<(String, u64)>> {
    let mut files: Vec<(String, u64)> = read_record(py, record)?
        .into_iter()
        .filter_map(|entry| entry.size.map(|size| (entry.path, size)))
        .collect();
    files.sort_by_key(|(_, size)| Reverse(*size));
    files.truncate(count);
    Ok(files)
}

/// Read a RECORD line by line, as long as nobody presses Ctrl-C.
fn read_record(py: Python<'_>, record: &str) -> PyResult<Vec<Entry>> {
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(record.lines()) {
        if number % 4096 == 0 {
            py.check_signals()?;
        }
        match record::read_line(line) {
            Ok(entry) => entries.push(entry),
            Err(reason) => {
                let message = format!("line {number}: {reason}");
                return Err(PyValueError::new_err(message));
            }
        }
    }
    Ok(entries)
}

/// What a package weighs, from the list of its files.
#[pymodule]
mod just_enough_rust {
    #[pymodule_export]
    use super::{largest, weigh, weigh_kinds};

    #[pymodule_export]
    use crate::sheet::sheet;

    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
