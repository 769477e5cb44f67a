//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stubs' signatures have room for their errors

use pyo3::pymodule;

/// The exercises, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pep440_rs::Version;
    use pubgrub::Ranges;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    use crate::requirement::Requirement;

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

    /// A version is more than its letters: 1.10 is newer than 1.9, a release newer than its candidates, and `1!` is
    /// an epoch, before which everything is old. `Version` knows that order (PEP 440), once the text is parsed.
    ///
    /// # Hints
    ///
    /// 1. Which is greater, `"1.9"` or `"1.10"`, and what would have to be compared instead of these texts?
    /// 2. `choose_version` in the crate finds its newest release by `max_by_key`; a key may be what `parse()` returns.
    ///
    /// # Misconceptions
    ///
    /// - `'1.9'`: the last one in the alphabet, and not the newest.
    /// - `'2026.11'`: `1!` is an epoch, and everything without one is in epoch 0.
    #[pyfunction]
    fn newest(requirement: &str, versions: Vec<String>) -> PyResult<Option<String>> {
        let wanted: Requirement = requirement.parse().map_err(PyValueError::new_err)?;
        let range = wanted.range.unwrap_or_else(Ranges::empty);
        let allowed = versions.into_iter().filter(|text| {
            let version: Result<Version, _> = text.parse();
            version.is_ok_and(|version| range.contains(&version))
        });
        Ok(allowed.max_by_key(|text| text.parse::<Version>().ok()))
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

    /// Two sets of versions that have none in common are disjoint. Their names are compared as `PackageName`, which
    /// has made `Hen_House` and `hen-house` the same already.
    ///
    /// # Hints
    ///
    /// 1. A range is a set of versions. What are two sets that have nothing in common?
    /// 2. `is_disjoint`, and `let (Some(…), Some(…)) = (…) else` where there may be no range.
    ///
    /// # Misconceptions
    ///
    /// - `True`: look at the names, and at the end that both ranges include.
    #[pyfunction]
    fn clash(one: &str, other: &str) -> PyResult<bool> {
        let one: Requirement = one.parse().map_err(PyValueError::new_err)?;
        let other: Requirement = other.parse().map_err(PyValueError::new_err)?;
        let (Some(first), Some(second)) = (&one.range, &other.range) else {
            return Ok(false);
        };
        Ok(one.name == other.name && first.is_disjoint(second))
    }
}
