//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stub's signature has room for its error

use pyo3::prelude::*;

/// A guess, a word changed, and a disguise.
#[pymodule(submodule)]
pub mod solutions {
    use std::path::PathBuf;

    use pyo3::prelude::*;

    use crate::survey;

    /// Rust in Python comes in few files, and in large ones: ruff and uv are each one program with all that
    /// it needs inside, where a package in C brings dozens of small modules.
    ///
    /// # Hints
    ///
    /// 1. Look at the picture: it shows both shares.
    /// 2. Few of the squares are Rust. How long is the same colour in the strip below them?
    ///
    /// # Misconceptions
    ///
    /// - `'over a half'`: not even by bytes, for `SciPy`, `NumPy` and a Node.js in C++ weigh more together.
    #[pyfunction]
    fn shares_of_rust() -> PyResult<(&'static str, &'static str)> {
        Ok(("under a tenth", "a tenth to a half"))
    }

    /// The verdict is a word, and words are compared letter by letter, as in Python.
    ///
    /// # Hints
    ///
    /// 1. What are the verdicts that the detective gives? One of them is the right one.
    /// 2. `"Rust"`, with a capital R.
    ///
    /// # Misconceptions
    ///
    /// - `None`: no file has the verdict that you ask for; `"Rust"` is written with a capital R.
    #[pyfunction]
    fn largest_rust(py: Python<'_>, folder: PathBuf) -> PyResult<Option<String>> {
        let wanted = "Rust";
        let findings = survey(py, folder)?;
        let fitting = findings.iter().filter(|file| file.verdict == wanted);
        let largest = fitting.max_by_key(|file| file.size);
        Ok(largest.map(|file| file.name().into_owned()))
    }

    /// A version is read from the stamp, and without a stamp from the commit in the paths of the standard
    /// library. Strip both, as some projects do to keep their files small, and an `unknown` is left.
    ///
    /// # Hints
    ///
    /// 1. There are two places that tell the version. Paint over one, and see what the verdict says then.
    /// 2. What stands before the release in the stamp, and what before the commit in a path? The folded twin
    ///    in Python names both.
    ///
    /// # Misconceptions
    ///
    /// - `'no trace of Rust'`: you have painted over too much: two pieces of hearsay must be left.
    #[pyfunction]
    fn disguise() -> PyResult<Vec<&'static str>> {
        Ok(vec!["rustc version ", "rustc/"])
    }
}
