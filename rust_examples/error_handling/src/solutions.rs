//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stub's signature has room for its error

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyBaseExceptionGroup;
    use pyo3::prelude::*;

    use crate::cron;

    /// `PanicException` derives from `BaseException` alone, so that code which handles errors does not
    /// take a bug for one of them.
    ///
    /// # Hints
    ///
    /// 1. A panic means a bug. Should `except Exception`, which many programs write, hide it?
    /// 2. Look at `PanicException.__mro__` in the section on panics.
    ///
    /// # Misconceptions
    ///
    /// - `[False, False, True, True]`: a panic is no `Exception`, so that nobody takes it for an error.
    /// - `[False, True, True, True]`: a panic is no `RuntimeError`, nor an `Exception` of any other kind.
    /// - `[True, False, True, True]`: the cause was a number that is none, but the panic is no `ValueError`.
    /// - `[False, False, False, False]`: the border turns a panic into an exception, and some handler catches it.
    #[pyfunction]
    fn what_catches_a_panic() -> PyResult<Vec<bool>> {
        Ok(vec![false, false, false, true])
    }

    /// `find` counts bytes from 0: we count the characters before that byte, and add one.
    ///
    /// # Hints
    ///
    /// 1. `find` returns how many bytes stand before the part. How many characters are they?
    /// 2. `line[..start].chars().count()`, within `map`.
    ///
    /// # Misconceptions
    ///
    /// - `4`: that counts from 0, and columns count from 1.
    /// - `0`: that counts from 0, and columns count from 1.
    /// - `7`: that counts bytes, and `ä` has two.
    #[pyfunction]
    fn column_of(line: &str, part: &str) -> Option<usize> {
        line.find(part)
            .map(|start| line[..start].chars().count() + 1)
    }

    /// Every fault becomes an exception by the one way out, `PyErr::from`, and is kept in a list. Python
    /// makes the group an `ExceptionGroup` by itself where all in it are `Exception`s.
    ///
    /// # Hints
    ///
    /// 1. `cron::read_line` gives a `Result` for each line: keep the errors, where `?` would return the first.
    /// 2. `filter_map`, `Result::err`, and `PyBaseExceptionGroup::new_err((message, errors))`.
    #[pyfunction]
    fn check_crontab(text: &str) -> PyResult<()> {
        let errors: Vec<PyErr> = (1..)
            .zip(text.lines())
            .filter_map(|(number, line)| cron::read_line(number, line).err())
            .map(PyErr::from)
            .collect();
        if errors.is_empty() {
            return Ok(());
        }
        Err(PyBaseExceptionGroup::new_err(("crontab at fault", errors)))
    }
}
