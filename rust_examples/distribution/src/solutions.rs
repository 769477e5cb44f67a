//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stub's signature has room for its error

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod solutions {
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    use crate::tags::Tag;
    use crate::wheel::WheelName;

    /// The stable interface is a promise to the future: what needs 3.10 runs on 3.12, what needs 3.13 does
    /// not. Without it, a wheel is for one version alone. And glibc has to be as new as the tag says.
    ///
    /// # Hints
    ///
    /// 1. Read each tag in three parts, and say "or newer" only where it holds.
    /// 2. `in_words` says it for you, and `why_not` names the part that does not fit.
    ///
    /// # Misconceptions
    ///
    /// - `[True, True, False, False, True]`: `abi3` promises newer versions, not older ones.
    /// - `[True, False, True, False, True]`: `cp311` without `abi3` is for 3.11 alone.
    /// - `[True, False, False, True, True]`: 2.39 is newer than the glibc of this machine.
    /// - `[True, False, False, False, False]`: `py2.py3` is two tags in one, and the second fits.
    #[pyfunction]
    fn which_install() -> PyResult<Vec<bool>> {
        Ok(vec![true, false, false, false, true])
    }

    /// The package is found by its `__init__`, and the marker belongs beside that.
    ///
    /// # Hints
    ///
    /// 1. First find the folder of the package, then ask whether the marker stands in exactly that folder.
    /// 2. `split_once('/')` takes a path apart at its first slash, and `find_map` goes on until it finds one.
    ///
    /// # Misconceptions
    ///
    /// - `'py.typed'`: beside the package it is a file that nobody reads; it belongs into its folder.
    /// - `'demo-0.1.0.dist-info/py.typed'`: that folder holds what the installer reads, not the package.
    #[pyfunction]
    fn missing_marker(files: &str) -> Option<String> {
        let package = files.lines().find_map(|file| match file.split_once('/') {
            Some((folder, "__init__.py" | "__init__.pyi")) => Some(folder),
            _ => None,
        })?;
        let marker = format!("{package}/py.typed");
        (!files.lines().any(|file| file == marker)).then_some(marker)
    }

    /// Each file that fits gets a key: its version as numbers, then how early its tag comes. The largest wins.
    ///
    /// # Hints
    ///
    /// 1. Two comparisons in one: tuples are compared like Python's, from the left, and so are vectors.
    /// 2. `WheelName::read(file)?`, `.iter().position(|tag| wheel.has(tag))`, and `std::cmp::Reverse` for the place.
    ///
    /// # Misconceptions
    ///
    /// - `'a-0.9-py3-none-any.whl'`: as texts, `0.9` is more than `0.10`; compare numbers.
    /// - `'a-0.2-py3-none-any.whl'`: both fit, and the tag that comes first in the list is the better one.
    #[pyfunction]
    fn choose(files: &str, tags: &Bound<'_, PyList>) -> PyResult<Option<String>> {
        let mut known = Vec::new();
        for tag in tags {
            known.push(Tag::read(tag.extract()?)?);
        }
        let mut best = None;
        for file in files.lines() {
            let wheel = WheelName::read(file)?;
            if let Some(place) = known.iter().position(|tag| wheel.has(tag)) {
                let numbers = wheel.version.split('.').map(str::parse::<u64>);
                let version = numbers.collect::<Result<Vec<_>, _>>()?;
                let key = (version, std::cmp::Reverse(place));
                if best.as_ref().is_none_or(|(found, _)| key > *found) {
                    best = Some((key, file.to_owned()));
                }
            }
        }
        Ok(best.map(|(_, file)| file))
    }
}
