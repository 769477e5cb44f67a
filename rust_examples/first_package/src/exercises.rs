//! Exercises: a counter at its limit. Nothing here is solved; the docs of each say what is wanted.
#![allow(unused_variables)]

use pyo3::prelude::*;

/// A counter at its limit, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::{PyNotImplementedError, PyOverflowError};
    use pyo3::prelude::*;

    /// Predict: What do these counters show?
    ///
    /// All are release builds, and none of them checks anything. Return four numbers, in this order:
    /// an `i32` at 2147483647, after one more view; an `i32` at 2147483647, after 2147483647 more;
    /// an `i32` at -2147483648, after one view is taken away; an `i64` at 2147483647, after one more view.
    /// The cases subtract the true answer from yours, so that nothing remains where you are right.
    ///
    /// >>> from ctypes import c_int32, c_int64
    /// >>> one_more, doubled, below, wide = predict_counters()
    /// >>> one_more - c_int32(2147483647 + 1).value
    /// 0
    /// >>> doubled - c_int32(2147483647 + 2147483647).value
    /// 0
    /// >>> below - c_int32(-2147483648 - 1).value
    /// 0
    /// >>> wide - c_int64(2147483647 + 1).value
    /// 0
    #[pyfunction]
    fn predict_counters() -> PyResult<(i64, i64, i64, i64)> {
        Err(PyNotImplementedError::new_err("predict four counters"))
    }

    /// Repair: Now `visitors` people watch `each` times, on top of `views`.
    ///
    /// The addition is checked, and yet this counter lies. Find out where, and let it raise `OverflowError`
    /// with the message "too many views" wherever a step on the way does not fit.
    ///
    /// >>> count_visits(10, 5, 3)
    /// 25
    /// >>> count_visits(2147483647, 0, 3)
    /// 2147483647
    /// >>> count_visits(2147483647, 1, 1)
    /// Traceback (most recent call last):
    /// OverflowError: too many views
    /// >>> count_visits(0, 65536, 65536)
    /// Traceback (most recent call last):
    /// OverflowError: too many views
    #[pyfunction]
    fn count_visits(views: i32, visitors: i32, each: i32) -> PyResult<i32> {
        let new = visitors * each;
        match views.checked_add(new) {
            Some(sum) => Ok(sum),
            None => Err(PyOverflowError::new_err("too many views")),
        }
    }

    /// Build: The whole number of views that a video had each day, as Python's `views // days`.
    ///
    /// Fewer days than one make no sense: raise `ValueError`, with the message that the cases show.
    /// Views may be negative, where a correction took more away than people watched.
    ///
    /// >>> views_per_day(3000000000, 30)
    /// 100000000
    /// >>> views_per_day(7, 2)
    /// 3
    /// >>> views_per_day(-7, 2)
    /// -4
    /// >>> views_per_day(7, 0)
    /// Traceback (most recent call last):
    /// ValueError: days must be at least 1, not 0
    /// >>> views_per_day(7, -1)
    /// Traceback (most recent call last):
    /// ValueError: days must be at least 1, not -1
    #[pyfunction]
    fn views_per_day(views: i64, days: i64) -> PyResult<i64> {
        Err(PyNotImplementedError::new_err("divide views by days"))
    }
}
