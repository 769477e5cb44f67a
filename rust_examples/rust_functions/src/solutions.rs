//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::prelude::*;

/// Conversions and signatures, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    use crate::weight::{self, Unit};

    /// A conversion loses nothing and guesses nothing: `True` is an `int`, but a `float` is none even where
    /// it is whole, a number that is too large is refused, and text is neither a number nor a list.
    ///
    /// # Hints
    ///
    /// 1. What would `operator.index`, `math.sqrt` or a type checker say to each of the five?
    /// 2. Send the values through `rust_functions.border.echo_int`, `echo_float` and `echo_texts`.
    ///
    /// # Misconceptions
    ///
    /// - `'True'`: an `i64` does not remember that it was a `bool`; it comes back as an `int`.
    /// - `'72'`: a `float` is no integer, even where nothing would be lost; `range(72.0)` fails as well.
    /// - `'-9223372036854775808'`: that would be wrapping around. Python would not, and this is an error.
    /// - `'9223372036854775808'`: an `i64` ends at `2**63 - 1`.
    /// - `'72.0'`: text is no number until somebody parses it; `math.sqrt("72")` fails as well.
    /// - `'["kg"]'`: a text is not taken for a list of one text.
    /// - `"['kg']"`: a text is not taken for a list of one text.
    /// - `"['k', 'g']"`: Python would iterate over the letters; here this is taken for the slip that it mostly is.
    /// - `'TypeError'`: `True` and `2**63` are both of type `int`; what matters then is whether they fit.
    #[pyfunction]
    fn predict_conversions() -> PyResult<Vec<String>> {
        let outcomes = ["1", "TypeError", "OverflowError", "TypeError", "TypeError"];
        Ok(outcomes.map(str::to_owned).to_vec())
    }

    /// What stands behind the `*` is given by its name only, as in Python's own signatures.
    ///
    /// # Hints
    ///
    /// 1. How would you write it in Python, after `def to_kilograms`?
    /// 2. A `*` of its own ends what may be given by position, and `=` gives a default.
    #[pyfunction]
    #[pyo3(
        signature = (value, *, unit = "kg") // what Python may write
    )]
    fn to_kilograms(value: f64, unit: &str) -> PyResult<Option<f64>> {
        match Unit::named(unit) {
            Some(unit) => Ok(unit.weigh(value)),
            None => Err(PyValueError::new_err("unit must be 'kg' or 'lb'")),
        }
    }

    /// `Option<String>` is text or `None`, and anything else is a `TypeError` by itself. `collect` stops at
    /// the first `Err`, and makes one `Result` of all.
    ///
    /// # Hints
    ///
    /// 1. Convert one item after the other, and leave with an error at the first text that gives nothing.
    /// 2. `item.extract::<Option<String>>()?`, then `match`; `enumerate` counts from 0.
    ///
    /// # Misconceptions
    ///
    /// - `[None, None, None]`: here a text that cannot be read is a mistake, and only `None` stays `None`.
    /// - `ValueError: entry 2 is no weight: 'n/a'`: places count from 0, as Python's do.
    /// - `ValueError: entry 0 is no weight: 'n/a'`: `None` has a place of its own, and counts.
    #[pyfunction]
    fn clean_column(column: &Bound<'_, PyList>) -> PyResult<Vec<Option<f64>>> {
        let read = |(place, item): (usize, Bound<'_, PyAny>)| {
            let Some(text) = item.extract::<Option<String>>()? else {
                return Ok(None);
            };
            match weight::read(&text, Unit::Kilogram) {
                None => Err(PyValueError::new_err(format!(
                    "entry {place} is no weight: {}",
                    item.repr()?
                ))),
                weight => Ok(weight),
            }
        };
        column.iter().enumerate().map(read).collect()
    }
}
