//! Exercises: how much is Rust, the largest of it, and a disguise.
#![allow(unused_variables)]

use pyo3::prelude::*;

/// A guess, a word to change, and a disguise, for you to work on.
#[pymodule(submodule)]
pub mod exercises {
    use std::path::PathBuf;

    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    use crate::survey;

    /// Predict: How much of the native code in this environment is Rust, the book's own crates and Rust in
    /// part aside? Give two shares, first of the files, then of their bytes. Each of them is
    /// `"under a tenth"`, `"a tenth to a half"` or `"over a half"`. Put `Ok(("…", "…"))` in the place of
    /// `Err(…)`. The cases count, and compare.
    ///
    /// >>> from sysconfig import get_path
    /// >>> from rust_powered_tools import survey
    /// >>> from workbook.layout import crates
    /// >>> own = {crate.slug for crate in crates()}
    /// >>> files = survey(get_path("platlib")) + survey(get_path("scripts"))
    /// >>> files = [file for file in files if file.path.parent.name not in own]
    /// >>> def share(sizes):
    /// ...     pairs = zip(sizes, files)
    /// ...     rust = sum(size for size, file in pairs if file.verdict == "Rust")
    /// ...     part = rust / sum(sizes)
    /// ...     if part < 0.1:
    /// ...         return "under a tenth"
    /// ...     return "a tenth to a half" if part < 0.5 else "over a half"
    /// >>> of_files, of_bytes = shares_of_rust()
    /// >>> of_files == share([1] * len(files))
    /// True
    /// >>> of_bytes == share([file.size for file in files])
    /// True
    #[pyfunction]
    fn shares_of_rust() -> PyResult<(&'static str, &'static str)> {
        Err(PyNotImplementedError::new_err("what is your guess?"))
    }

    /// Repair: The largest file in a folder that was made by rustc, by its name, or `None` where there is
    /// none. Somebody has asked for the wrong verdict, so the answer is the largest file that was not. Change
    /// the marked word. Then ask it about an environment of your own.
    ///
    /// >>> import tempfile
    /// >>> with tempfile.TemporaryDirectory() as empty:
    /// ...     print(largest_rust(empty))
    /// None
    /// >>> from sysconfig import get_path
    /// >>> from rust_powered_tools import survey
    /// >>> here = get_path("platlib")
    /// >>> rust = [file for file in survey(here) if file.verdict == "Rust"]
    /// >>> largest_rust(here) == max(rust, key=lambda file: file.size).path.name
    /// True
    /// >>> import rpds, markupsafe
    /// >>> from pathlib import Path
    /// >>> largest_rust(Path(rpds.__file__).parent).startswith("rpds")
    /// True
    /// >>> largest_rust(Path(markupsafe.__file__).parent) is None
    /// True
    #[pyfunction]
    fn largest_rust(py: Python<'_>, folder: PathBuf) -> PyResult<Option<String>> {
        let wanted = "no trace of Rust"; // change this word
        let findings = survey(py, folder)?;
        let fitting = findings.iter().filter(|file| file.verdict == wanted);
        let largest = fitting.max_by_key(|file| file.size);
        Ok(largest.map(|file| file.name().into_owned()))
    }

    /// Build: Explain an `unknown` by making one. Which words must be painted over, so that of a copy of
    /// rpds nothing remains to tell the compiler's version, and yet enough to tell that it was rustc? Put
    /// `Ok(vec!["…", "…"])` in the place of `Err(…)`. The cases paint each of the words over with `x`.
    ///
    /// >>> import tempfile
    /// >>> from pathlib import Path
    /// >>> import rpds
    /// >>> from rust_powered_tools import examine
    /// >>> def painted_over(words):
    /// ...     content = Path(rpds.rpds.__file__).read_bytes()
    /// ...     for one in words:
    /// ...         content = content.replace(one.encode(), b"x" * len(one.encode()))
    /// ...     with tempfile.TemporaryDirectory() as folder:
    /// ...         copy = Path(folder, "copy.so")
    /// ...         copy.write_bytes(content)
    /// ...         return examine(copy)
    /// >>> painted_over(disguise()).verdict
    /// 'Rust'
    /// >>> painted_over(disguise()).compiler
    /// 'unknown'
    #[pyfunction]
    fn disguise() -> PyResult<Vec<&'static str>> {
        Err(PyNotImplementedError::new_err("which words give it away?"))
    }
}
