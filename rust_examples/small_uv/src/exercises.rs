//! Exercises: what stands between, the newest version, a conflict of your own, and ranges that clash.
#![allow(unused_variables)]
#![allow(clippy::doc_link_with_quotes, clippy::doc_markdown)] // lists and URLs in the cases

use pyo3::pymodule;

/// A guess, a comparison to mend, a conflict, and a question about ranges, for you to work on.
#[pymodule(submodule)]
pub mod exercises {
    use pep440_rs::Version;
    use pubgrub::Ranges;
    use pyo3::exceptions::{PyNotImplementedError, PyValueError};
    use pyo3::prelude::*;

    use crate::requirement::Requirement;

    /// Predict: Somebody asks for `twine>=7` and for `markdown-it-py<2.2`, and nothing fits. Which project, that
    /// nobody has asked for, stands between the two in the explanation? Put `Ok("…")` in the place of
    /// `Err(…)`.
    ///
    /// >>> import small_uv
    /// >>> import json
    /// >>> from workbook.layout import ROOT
    /// >>> recorded = ROOT / "rust_examples" / "small_uv" / "index" / "index.json"
    /// >>> index = small_uv.Index(recorded.read_text("utf-8"))
    /// >>> try:
    /// ...     index.resolve(["twine>=7", "markdown-it-py<2.2"])
    /// ... except small_uv.NoSolution as error:
    /// ...     explanation = str(error)
    /// >>> guess = stands_between()
    /// >>> guess in json.loads(recorded.read_text("utf-8"))["projects"]
    /// True
    /// >>> guess not in {"twine", "markdown-it-py"}
    /// True
    /// >>> f" {guess} " in explanation
    /// True
    #[pyfunction]
    fn stands_between() -> PyResult<&'static str> {
        Err(PyNotImplementedError::new_err("who stands between?"))
    }

    /// Repair: Of some versions, the newest that a requirement allows. To `newest` it is the last one in the
    /// alphabet, so that 1.9 comes after 1.10. Let it compare versions, and not their letters.
    ///
    /// >>> newest("kit<2", ["1.1", "2.0", "1.0"])
    /// '1.1'
    /// >>> newest("kit>=3", ["1.0", "some day"]) is None
    /// True
    /// >>> newest("kit", ["1.9", "1.10"])
    /// '1.10'
    /// >>> newest("kit>=1", ["1.0rc1", "1.0"])
    /// '1.0'
    /// >>> newest("kit", ["2026.11", "1!1.0"])
    /// '1!1.0'
    #[pyfunction]
    fn newest(requirement: &str, versions: Vec<String>) -> PyResult<Option<String>> {
        let wanted: Requirement = requirement.parse().map_err(PyValueError::new_err)?;
        let range = wanted.range.unwrap_or_else(Ranges::empty);
        let allowed = versions.into_iter().filter(|text| {
            let version: Result<Version, _> = text.parse();
            version.is_ok_and(|version| range.contains(&version))
        });
        Ok(allowed.max())
    }

    /// Build: A conflict of your own. Give two requirements, the first for `flask` and the second for
    /// `jinja2`, each of which can be met alone and which cannot be met together. Put them between the
    /// brackets, such as `["flask>1", "jinja2"]`.
    ///
    /// >>> import small_uv
    /// >>> from workbook.layout import ROOT
    /// >>> recorded = ROOT / "rust_examples" / "small_uv" / "index" / "index.json"
    /// >>> index = small_uv.Index(recorded.read_text("utf-8"))
    /// >>> def outcome(*requirements):
    /// ...     try:
    /// ...         index.resolve(requirements)
    /// ...     except small_uv.NoSolution:
    /// ...         return "nothing fits"
    /// ...     return "can be met"
    /// >>> first, second = conflict()
    /// >>> first.startswith("flask"), second.startswith("jinja2")
    /// (True, True)
    /// >>> outcome(first)
    /// 'can be met'
    /// >>> outcome(second)
    /// 'can be met'
    /// >>> outcome(first, second)
    /// 'nothing fits'
    #[pyfunction]
    fn conflict() -> PyResult<Vec<&'static str>> {
        let requirements = vec![]; // <- between the brackets
        if requirements.is_empty() {
            return Err(PyNotImplementedError::new_err("which two?"));
        }
        Ok(requirements)
    }

    /// Build: Two requirements *clash* when they are about the same project, and no version could meet both,
    /// released or not. Say whether two do. Where one of them is a URL, there is no range to look at, and they do
    /// not clash as far as anybody can tell.
    ///
    /// >>> clash("kit>=2", "kit<2")
    /// True
    /// >>> clash("kit>=2", "kit<=2")
    /// False
    /// >>> clash("kit~=1.4", "kit==1.5.*")
    /// False
    /// >>> clash("kit~=1.4.0", "kit==1.5.*")
    /// True
    /// >>> clash("kit>=2", "theme<2")
    /// False
    /// >>> clash("Hen_House>=2", "hen-house<2")
    /// True
    /// >>> clash("kit>=2", "kit @ https://kit.example/kit.whl")
    /// False
    #[pyfunction]
    fn clash(one: &str, other: &str) -> PyResult<bool> {
        Err(PyNotImplementedError::new_err(
            "is there a version in both?",
        ))
    }
}
