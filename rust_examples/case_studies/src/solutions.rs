//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stubs' signatures have room for their errors

use pyo3::prelude::*;

/// Guesses, a word changed, and a conflict.
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

    /// twine prints with rich, in colours, and it is rich that shows Markdown and requires a newer
    /// markdown-it-py.
    ///
    /// # Hints
    ///
    /// 1. markdown-it-py reads Markdown. What that twine uses could have to do with that?
    /// 2. Ask the index in a cell: `index.resolve(["twine>=7", "markdown-it-py<2.2"])`.
    ///
    /// # Misconceptions
    ///
    /// - `'readme-renderer'`: it renders Markdown only with its extra, and with another library.
    #[pyfunction]
    fn stands_between() -> PyResult<&'static str> {
        Ok("rich")
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

    /// Flask 3 requires Jinja2 3.1.2 or newer.
    ///
    /// # Hints
    ///
    /// 1. Flask makes its pages with Jinja2. Does a new Flask do with an old Jinja2?
    /// 2. `index.resolve(["flask>=3"])` says which Jinja2 it takes. Forbid that one, and all others that would do.
    #[pyfunction]
    fn conflict() -> PyResult<Vec<&'static str>> {
        Ok(vec!["flask>=3", "jinja2<3"])
    }
}
