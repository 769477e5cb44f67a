//! Exercises: what catches a panic, where a field stands, and every error at once.
#![allow(unused_variables)]

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: `hour_or_panic("no hour here")` panics. Which of the four handlers `except ValueError`,
    /// `except RuntimeError`, `except Exception` and `except BaseException` catch that? Return four
    /// answers in this order, `Ok(vec![true, …])` where the first one does. The case below really panics,
    /// once for each handler, and compares.
    ///
    /// >>> from error_handling import hour_or_panic
    /// >>> def caught_by(handler):
    /// ...     try:
    /// ...         hour_or_panic("no hour here")
    /// ...     except handler:
    /// ...         return True
    /// ...     except BaseException:
    /// ...         return False
    /// >>> handlers = [ValueError, RuntimeError, Exception, BaseException]
    /// >>> what_catches_a_panic() == [caught_by(handler) for handler in handlers]
    /// True
    #[pyfunction]
    fn what_catches_a_panic() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which handlers catch it?"))
    }

    /// Repair: An editor is to put its cursor on the first place where `part` stands in `line`. Columns
    /// count from 1, in characters. The cursor lands beside it, and further away in some languages.
    ///
    /// >>> column_of("30  25 * * *", "25")
    /// 5
    /// >>> column_of("30  25 * * *", "30")
    /// 1
    /// >>> column_of("märz 25", "25")
    /// 6
    /// >>> column_of("30  25 * * *", "26") is None
    /// True
    #[pyfunction]
    fn column_of(line: &str, part: &str) -> Option<usize> {
        line.find(part)
    }

    /// Build: `parse_crontab` stops at the first fault. Check the whole text, and raise an
    /// `ExceptionGroup` that holds a `CrontabError` for each line at fault, in order, with the message
    /// `crontab at fault`. Where there is none, return nothing.
    ///
    /// >>> check_crontab("0 5 * * * backup")
    /// >>> try:
    /// ...     check_crontab("0 25 * * * a\n0 5 * * * b\n0 5 * JAM * c\n")
    /// ... except ExceptionGroup as group:
    /// ...     print(group.message)
    /// ...     for error in group.exceptions:
    /// ...         print(type(error).__name__, error)
    /// crontab at fault
    /// CrontabError line 1, column 3: hour 25 is not in 0–23
    /// CrontabError line 3, column 7: month 'JAM' is not a number or a name (JAN–DEC)
    /// >>> try:
    /// ...     check_crontab("@daily a")
    /// ... except* ValueError as group:
    /// ...     print(group.exceptions[0].line)
    /// 1
    #[pyfunction]
    fn check_crontab(text: &str) -> PyResult<()> {
        Err(PyNotImplementedError::new_err("collect the errors first"))
    }
}
