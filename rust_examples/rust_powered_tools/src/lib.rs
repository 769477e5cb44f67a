//! A detective: which native files of an environment were made by rustc.
#![allow(clippy::needless_pass_by_value)] // Python's paths arrive by value

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod finding;
mod headers;
mod marks;
mod solutions;
mod trouble;
mod words;

use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use walkdir::WalkDir;

use crate::finding::Finding;
use crate::trouble::Trouble;

/// Examine one file.
///
/// Raises what `open` would where there is no such file, `IsADirectoryError` for a
/// folder, and `ValueError` for a pipe, a socket or a device, none of which is opened. A
/// file that is not native, or cut off, is `not judged`, and its `problem` says why.
#[pyfunction]
fn examine(py: Python<'_>, path: PathBuf) -> PyResult<Finding> {
    look_at(py, &path).map_err(|trouble| trouble.into_py_err(py, &path))
}

/// Examine all native files in a folder and the folders
/// within, in the order of their names.
///
/// Symbolic links are not followed, so that every file counts once. What cannot be read
/// is `not judged`. Raises what `os.listdir` would where there is no such folder.
#[pyfunction]
fn survey(py: Python<'_>, folder: PathBuf) -> PyResult<Vec<Finding>> {
    std::fs::read_dir(&folder).map_err(|error| Trouble::from(error).into_py_err(py, &folder))?;
    let mut findings = Vec::new();
    for entry in WalkDir::new(&folder).sort_by_file_name() {
        py.check_signals()?;
        let path = match entry {
            Ok(entry) if entry.file_type().is_file() => entry.into_path(),
            Ok(_) => continue,
            Err(error) => {
                let path = error.path().unwrap_or(&folder).to_owned();
                findings.push(Finding::unjudged(&path, 0, error.to_string()));
                continue;
            }
        };
        match look_at(py, &path) {
            Ok(finding) if finding.is_worth_telling() => findings.push(finding),
            Ok(_) | Err(Trouble::Folder | Trouble::Special) => {}
            Err(Trouble::System(error)) => {
                findings.push(Finding::unjudged(&path, 0, error.to_string()));
            }
            Err(Trouble::Python(error)) => return Err(error),
        }
    }
    Ok(findings)
}

/// Other threads of Python may run meanwhile, and Ctrl-C is heard before each block.
fn look_at(py: Python<'_>, path: &Path) -> Result<Finding, Trouble> {
    py.detach(|| {
        Finding::of(path, || {
            #[allow(clippy::redundant_closure_for_method_calls)]
            // the method serves one lifetime only
            Python::attach(|py| py.check_signals()).map_err(Trouble::Python)
        })
    })
}

#[pymodule]
mod rust_powered_tools {
    #[pymodule_export]
    use super::{Finding, examine, survey};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
