//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stubs' signatures have room for their errors

use pyo3::prelude::*;

/// A guess, a word changed, and a program.
#[pymodule(submodule)]
pub mod solutions {
    use std::path::PathBuf;

    use pyo3::prelude::*;

    use crate::unused_imports;

    /// pip unpacks the wheel each time. uv unpacks it once, into its cache, and a hard link is a second name
    /// for the same bytes. So a warm cache leaves next to nothing to do.
    ///
    /// # Hints
    ///
    /// 1. What does uv do when it installs the same wheel into a second environment?
    /// 2. A hard link is another name for a file, not another file. How many files are there, then?
    ///
    /// # Misconceptions
    ///
    /// - `False`: pip unpacks the wheel each time, and uv only once: the others are links, and no copies.
    #[pyfunction]
    fn copies_on_the_disk() -> PyResult<(u32, u32)> {
        Ok((3, 1))
    }

    /// The codes are those of flake8: F401 is an unused import, E902 a file that cannot be read, and E999 one
    /// that is no Python.
    ///
    /// # Hints
    ///
    /// 1. Each diagnostic has a code. Which of them is that of an unused import?
    /// 2. In all the tables of this chapter it begins with an F.
    ///
    /// # Misconceptions
    ///
    /// - `["not UTF-8: byte 15 belongs to no character"]`: that is what cannot be read; F401 is an unused
    ///   import.
    #[pyfunction]
    fn own_project(py: Python<'_>, folder: PathBuf) -> PyResult<Vec<String>> {
        let wanted = "F401";
        let mut found = unused_imports(py, folder, None)?;
        found.retain(|diagnostic| diagnostic.code == wanted);
        Ok(found
            .into_iter()
            .map(|diagnostic| diagnostic.message)
            .collect())
    }

    /// `__all__` names in texts what a module gives away, and Pyflakes, whose rules we took, counts that as a use.
    /// It reads annotations in quotation marks, too: `first: 'json'` would have done.
    ///
    /// # Hints
    ///
    /// 1. To Python, a text is a text. Where does somebody read a name out of one?
    /// 2. The chapter names two such places: one is a list that `import *` heeds, the other is an annotation.
    ///
    /// # Misconceptions
    ///
    /// - `["'json' imported but unused"]`: that text is read as a text; it has to stand where a name is read out of
    ///   it.
    #[pyfunction]
    fn used_in_a_text() -> PyResult<Vec<&'static str>> {
        Ok(vec!["__all__ = ['json']"])
    }
}
