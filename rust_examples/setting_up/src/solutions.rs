//! The exercises, solved.
#![allow(clippy::unnecessary_wraps, clippy::needless_pass_by_value)] // the signatures are the stubs'

use pyo3::prelude::*;

/// Wrong environments and debug builds, found.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::prelude::*;
    use std::collections::BTreeMap;

    /// maturin asks `VIRTUAL_ENV` where to install. The shell asks nobody: it takes the first `python` on
    /// the PATH, and a folder without one is passed over.
    ///
    /// # Hints
    ///
    /// 1. `maturin develop` and `python` do not ask the same variable.
    /// 2. Go through each PATH from the left, and stop at the first folder that holds a `python`.
    ///
    /// # Misconceptions
    ///
    /// - `[True, True, True, True]`: `python` does not look at `VIRTUAL_ENV`; the shell looks at the PATH alone.
    /// - `[True, False, False, False]`: a folder that holds no `python` is passed over.
    #[pyfunction]
    fn in_which_terminals() -> PyResult<Vec<bool>> {
        Ok(vec![true, false, true, false])
    }

    /// The first match on the PATH wins, so the folder must stand in front, wherever it stood before.
    ///
    /// # Hints
    ///
    /// 1. The first folder wins. Where does the stub put the new one, and what if it is there already?
    /// 2. Drop it with `retain`, then `insert(0, folder)`.
    ///
    /// # Misconceptions
    ///
    /// - `'old/bin:/usr/bin:new/bin'`: the new folder is last, so the old environment's `python` is found first.
    /// - `'old/bin:new/bin:/usr/bin'`: it was there already, but behind the old one, which still wins.
    /// - `'new/bin:old/bin:new/bin:/usr/bin'`: it stands there twice now.
    #[pyfunction]
    fn activated(path: &str, folder: &str, separator: char) -> String {
        let mut folders: Vec<&str> = path.split(separator).collect();
        folders.retain(|one| !one.is_empty() && *one != folder);
        folders.insert(0, folder);
        folders.join(&separator.to_string())
    }

    /// `windows` gives every run of so many bytes, and a `BTreeMap` goes through its keys in order.
    ///
    /// # Hints
    ///
    /// 1. Rust's byte slices have no `in`. Which runs of bytes could be the words?
    /// 2. `content.windows(WORDS.len()).any(|run| run == WORDS)`, within `filter`.
    ///
    /// # Misconceptions
    ///
    /// - `['b.so', 'a.so']`: that is the order in which they came; the names are wanted in alphabetical order.
    /// - `['checked.so']`: a release build may ask for checks of overflow; that does not make it a debug build.
    #[pyfunction]
    fn debug_builds(libraries: BTreeMap<String, Vec<u8>>) -> PyResult<Vec<String>> {
        const WORDS: &[u8] = b"unsafe precondition(s) violated";
        let found = libraries
            .into_iter()
            .filter(|(_, content)| content.windows(WORDS.len()).any(|run| run == WORDS));
        Ok(found.map(|(name, _)| name).collect())
    }
}
