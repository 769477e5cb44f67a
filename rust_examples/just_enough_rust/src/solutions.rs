//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::prelude::*;

/// Small things of Rust, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    /// A name that is not `mut` keeps its value, though a second `let` may give the name to another value;
    /// an integer is not divided by a float; `pop` gives an `Option`, for the list may be empty. An `if`
    /// is an expression, and a `Result` that nobody looks at is worth a warning only.
    ///
    /// # Hints
    ///
    /// 1. Look for a `mut` that is missing, for two types in one calculation, and for a value that may not be there.
    /// 2. Put a line into a `fn main` in a `%%rust` cell, and let rustc judge it.
    #[pyfunction]
    fn which_compile() -> PyResult<Vec<bool>> {
        Ok(vec![false, true, false, true, false, true])
    }

    /// `ok_or_else` makes an error of a missing comma, `?` hands it on, and hands on what `parse` has to
    /// say as well. An empty text is dealt with before anybody tries to read a number in it.
    ///
    /// # Hints
    ///
    /// 1. What is missing without being wrong comes first: ask `size.is_empty()`.
    /// 2. `ok_or_else(|| PyValueError::new_err(…))?` in place of the first `unwrap`, `?` alone in place of the second.
    ///
    /// # Misconceptions
    ///
    /// - `ValueError`: a size that is missing is no error, and the answer to it is `None`.
    /// - `PanicException`: an `unwrap` is left, and finds nothing that it could unwrap.
    #[pyfunction]
    fn size_of(line: &str) -> PyResult<Option<u64>> {
        let (_, size) = line
            .rsplit_once(',')
            .ok_or_else(|| PyValueError::new_err("there is no comma"))?;
        if size.is_empty() {
            return Ok(None);
        }
        Ok(Some(size.parse()?))
    }

    /// `let … else` takes the two halves apart or leaves the function; `?` turns what `parse` says into a
    /// `ValueError`.
    ///
    /// # Hints
    ///
    /// 1. One method splits at the first place, another removes blanks, a third reads numbers.
    /// 2. `split_once('=')`, `trim`, `parse`; and `{line:?}` puts the quotes around a text.
    ///
    /// # Misconceptions
    ///
    /// - `(' retries ', -5)`: the blanks around the name are still there.
    /// - `('a=b', 1)`: that splits at the last `=`, and the first one ends the name.
    #[pyfunction]
    fn parse_pair(line: &str) -> PyResult<(String, i64)> {
        let Some((name, value)) = line.split_once('=') else {
            return Err(PyValueError::new_err(format!("no = in {line:?}")));
        };
        let name = name.trim();
        if name.is_empty() {
            return Err(PyValueError::new_err(format!("no name in {line:?}")));
        }
        Ok((name.to_owned(), value.trim().parse()?))
    }
}
