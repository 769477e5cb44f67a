//! Functions for Python to call: a column of weights, as people typed them, in kilograms.

mod border;
mod entry;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod solutions;
mod weight;

use std::hint::black_box;
use std::time::Instant;

use numpy::PyArray1;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::entry::{CleanRow, Entry, Row};
use crate::weight::Unit;

/// Every weight of a column in kilograms: `None` where there is
/// none, or none that can be read.
///
/// This is the first version, which makes a copy of the column, and sets aside as
/// much memory for it as `len` asks for: a `range` that is longer than memory ends
/// the process. See `clean_weights`.
#[pyfunction]
fn clean_copied(column: Vec<Option<String>>) -> Vec<Option<f64>> {
    column
        .into_iter()
        .map(|entry| weight::read(&entry?, Unit::Kilogram))
        .collect()
}

/// Do the work of `clean_copied`, and return how many seconds
/// it took, from copied to cleaned.
#[pyfunction]
fn seconds_of_work(column: &Bound<'_, PyList>) -> PyResult<f64> {
    let column = column.extract()?;
    let start = Instant::now();
    black_box(clean_copied(column));
    Ok(start.elapsed().as_secs_f64())
}

/// Every weight of a column in kilograms: `None` where there is
/// none, or none that can be read.
///
/// Entries are text, such as `72,5 kg` or `158 lb`, numbers, or `None`. A bare number
/// is in `unit`, which is `"kg"` or `"lb"`. Where an entry cannot be read, `on_error`
/// is called with it, and what it returns, a number or `None`, stands in its place.
/// What it raises ends the cleaning.
///
/// Raises `TypeError` where an entry is neither text nor number, and
/// `ValueError` for an unknown unit.
#[pyfunction]
#[pyo3(signature = (column, /, *, unit = "kg", on_error = None))]
fn clean_weights(
    column: &Bound<'_, PyList>,
    unit: &str,
    on_error: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<Option<f64>>> {
    let unit = unit_named(unit)?;
    let mut weights = Vec::with_capacity(column.len());
    for (number, item) in column.iter().enumerate() {
        if number % 1024 == 0 {
            column.py().check_signals()?; // Ctrl-C ends even a very long column
        }
        let Some(entry) = item.extract::<Option<Entry>>()? else {
            weights.push(None);
            continue;
        };
        weights.push(match (entry.weigh(unit), on_error) {
            (None, Some(on_error)) => on_error.call1((item,))?.extract()?,
            (weight, _) => weight,
        });
    }
    Ok(weights)
}

/// Every weight of a column in kilograms, as an array of
/// `NumPy`: `nan` where there is none.
///
/// Entries, `unit` and errors are those of `clean_weights`.
#[pyfunction]
#[pyo3(signature = (column, /, *, unit = "kg"))]
fn clean_array<'py>(
    column: &Bound<'py, PyList>,
    unit: &str,
) -> PyResult<Bound<'py, PyArray1<f64>>> {
    let weights = clean_weights(column, unit, None)?;
    let numbers = weights.into_iter().map(|weight| weight.unwrap_or(f64::NAN));
    Ok(PyArray1::from_iter(column.py(), numbers))
}

/// One weight in kilograms.
///
/// A bare number is in `unit`, which is `"kg"` or `"lb"`.
/// Where the text cannot be read, the answer is `default`.
#[pyfunction]
#[pyo3(signature = (text, /, *, unit = "kg", default = None))]
fn read_weight(text: &str, unit: &str, default: Option<f64>) -> PyResult<Option<f64>> {
    let unit = unit_named(unit)?;
    Ok(weight::read(text, unit).or(default))
}

/// What a lift has to carry, in kilograms: people, and goods by name.
///
/// Raises `ValueError` where that is more than `limit`, or an entry cannot be read.
#[pyfunction]
#[pyo3(signature = (*people, limit = 630.0, **goods))]
fn lift_load(
    people: &Bound<'_, PyTuple>,
    limit: f64,
    goods: Option<&Bound<'_, PyDict>>,
) -> PyResult<f64> {
    let mut load = 0.0;
    for person in people {
        load += weigh(&person)?;
    }
    for (_, item) in goods.into_iter().flatten() {
        load += weigh(&item)?;
    }
    if load <= limit {
        Ok(load)
    } else {
        let said = format!("{load:.1} kg is more than the lift carries, {limit:.1} kg");
        Err(PyValueError::new_err(said))
    }
}

/// Clean a table: rows with `name` and `weight` become dicts with `name` and `kilograms`.
///
/// Raises `TypeError` where a row is no mapping, and `KeyError` where it has no such key.
#[pyfunction]
fn clean_rows(rows: &Bound<'_, PyList>) -> PyResult<Vec<CleanRow>> {
    let clean = |row: Row<'_>| CleanRow {
        name: row.name,
        kilograms: row.weight.and_then(|entry| entry.weigh(Unit::Kilogram)),
    };
    rows.iter().map(|row| Ok(clean(row.extract()?))).collect()
}

/// The weight of one entry, in kilograms. Raises `ValueError` where it cannot be read.
fn weigh(item: &Bound<'_, PyAny>) -> PyResult<f64> {
    let entry: Entry = item.extract()?;
    match entry.weigh(Unit::Kilogram) {
        Some(weight) => Ok(weight),
        None => Err(PyValueError::new_err(format!(
            "{} is no weight",
            item.repr()?
        ))),
    }
}

/// The unit that goes by this name. Raises `ValueError` where none does.
fn unit_named(name: &str) -> PyResult<Unit> {
    Unit::named(name).ok_or_else(|| {
        PyValueError::new_err(format!("unit must be \"kg\" or \"lb\", not {name:?}"))
    })
}

/// Weights as people type them, in kilograms.
#[pymodule]
mod rust_functions {
    #[pymodule_export]
    use super::{
        clean_array, clean_copied, clean_rows, clean_weights, lift_load, read_weight,
        seconds_of_work,
    };
    #[pymodule_export]
    use crate::border::border;
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
