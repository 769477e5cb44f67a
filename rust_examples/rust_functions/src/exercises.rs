//! Exercises: what crosses the border, an argument by name, and a column in which gaps stay gaps.
#![allow(unused_variables, unused_imports)]

use pyo3::prelude::*;

/// Conversions and signatures, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::{PyNotImplementedError, PyValueError};
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    use crate::weight::{self, Unit};

    /// Predict: Five values go to Rust, and come back as what they became there.
    ///
    /// Into an `i64` go `True`, `72.0` and `2**63`, into an `f64` goes `"72"`, and into a `Vec<String>` goes
    /// `"kg"`. Return five texts, in this order: the `repr` of what comes back, such as `"7"` or `"[1, 2]"`,
    /// or the name of an exception, such as `"KeyError"`. The cases really send the values, and compare.
    ///
    /// >>> from rust_functions import border
    /// >>> def outcome(echo, value):
    /// ...     try:
    /// ...         return repr(echo(value))
    /// ...     except Exception as error:
    /// ...         return type(error).__name__
    /// >>> predict_conversions()[0] == outcome(border.echo_int, True)
    /// True
    /// >>> predict_conversions()[1] == outcome(border.echo_int, 72.0)
    /// True
    /// >>> predict_conversions()[2] == outcome(border.echo_int, 2**63)
    /// True
    /// >>> predict_conversions()[3] == outcome(border.echo_float, "72")
    /// True
    /// >>> predict_conversions()[4] == outcome(border.echo_texts, "kg")
    /// True
    #[pyfunction]
    fn predict_conversions() -> PyResult<Vec<String>> {
        Err(PyNotImplementedError::new_err("predict five conversions"))
    }

    /// Repair: Readers of a call such as `to_kilograms(72, "lb")` wonder what the second argument is.
    ///
    /// Let `unit` be given by its name only, and be `"kg"` where it is not given. The body is right: all that
    /// has to change is what Python may write.
    ///
    /// >>> to_kilograms(100, unit="lb")
    /// 45.359237
    /// >>> to_kilograms(72.5)
    /// 72.5
    /// >>> try:
    /// ...     to_kilograms(100, "lb")
    /// ... except TypeError:
    /// ...     print("by its name, please")
    /// by its name, please
    /// >>> to_kilograms(100, unit="stone")
    /// Traceback (most recent call last):
    /// ValueError: unit must be 'kg' or 'lb'
    #[pyfunction]
    #[pyo3(
        signature = (value, unit) // what Python may write
    )]
    fn to_kilograms(value: f64, unit: &str) -> PyResult<Option<f64>> {
        match Unit::named(unit) {
            Some(unit) => Ok(unit.weigh(value)),
            None => Err(PyValueError::new_err("unit must be 'kg' or 'lb'")),
        }
    }

    /// Build: Clean a column of texts, in kilograms, in which `None` means that nobody was weighed.
    ///
    /// `None` stays `None`. A text that cannot be read is a mistake here: raise `ValueError`, and tell the
    /// text and its place, counted from 0. `weight::read(text, Unit::Kilogram)` reads one.
    ///
    /// >>> clean_column([None, "72,5 kg", "158 lb"])
    /// [None, 72.5, 71.66759446]
    /// >>> clean_column([])
    /// []
    /// >>> clean_column([None, "n/a", "?"])
    /// Traceback (most recent call last):
    /// ValueError: entry 1 is no weight: 'n/a'
    /// >>> try:
    /// ...     clean_column(["72,5 kg", 80])
    /// ... except TypeError:
    /// ...     print("text or None")
    /// text or None
    #[pyfunction]
    fn clean_column(column: &Bound<'_, PyList>) -> PyResult<Vec<Option<f64>>> {
        Err(PyNotImplementedError::new_err("clean the column first"))
    }
}
