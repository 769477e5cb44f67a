//! Exercises: reports of four terminals, a PATH in the wrong order, and builds that nobody should time.
#![allow(
    unused_variables,
    clippy::needless_pass_by_value,
    clippy::doc_link_with_quotes
)]

use pyo3::prelude::*;

/// Wrong environments and debug builds, for you to find.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;
    use std::collections::BTreeMap;

    /// Predict: In four terminals, `maturin develop` has installed a package, and then somebody types
    /// `python -c "import …"`. In which of them does the import find it? Return four answers,
    /// `Ok(vec![true, …])` where it does in the first. The case lays these folders down, lets Python look
    /// through the PATH as a shell does, and compares. In all four, `VIRTUAL_ENV` names `new`. Both
    /// `new/bin` and `old/bin` hold a `python`, `tools` does not.
    ///
    /// >>> import os, shutil, tempfile
    /// >>> from pathlib import Path
    /// >>> paths = ["new/bin old/bin", "old/bin new/bin"]
    /// >>> paths += ["tools new/bin old/bin", "tools old/bin"]
    /// >>> def finds_it(path):
    /// ...     with tempfile.TemporaryDirectory() as home:
    /// ...         for folder in ["new/bin", "old/bin", "tools"]:
    /// ...             Path(home, folder).mkdir(parents=True)
    /// ...         programs = ["new/bin/python", "old/bin/python"]
    /// ...         for name in programs + [f"{program}.exe" for program in programs]:
    /// ...             Path(home, name).touch(mode=0o755)
    /// ...         folders = [str(Path(home, part)) for part in path.split()]
    /// ...         found = shutil.which("python", path=os.pathsep.join(folders))
    /// ...         return Path(found).is_relative_to(Path(home, "new"))
    /// >>> in_which_terminals() == [finds_it(path) for path in paths]
    /// True
    #[pyfunction]
    fn in_which_terminals() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err(
            "where does the import find it?",
        ))
    }

    /// Repair: What the PATH is after an environment has been activated, whose programs are in `folder`.
    /// `separator` stands between folders, ":" or, on Windows, ";". Somebody activated this environment,
    /// and yet `python` is still the old one. An environment that is activated twice stands there once.
    ///
    /// >>> activated("/usr/bin:/bin", "new/bin", ":").split(":")[0]
    /// 'new/bin'
    /// >>> activated("old/bin:/usr/bin", "new/bin", ":")
    /// 'new/bin:old/bin:/usr/bin'
    /// >>> activated("old/bin:new/bin:/usr/bin", "new/bin", ":")
    /// 'new/bin:old/bin:/usr/bin'
    /// >>> activated("C:\\Windows;new", "new", ";")
    /// 'new;C:\\Windows'
    /// >>> activated("", "new/bin", ":")
    /// 'new/bin'
    #[pyfunction]
    fn activated(path: &str, folder: &str, separator: char) -> String {
        let mut folders: Vec<&str> = path.split(separator).collect();
        if !folders.contains(&folder) {
            folders.push(folder);
        }
        folders.retain(|one| !one.is_empty());
        folders.join(&separator.to_string())
    }

    /// Build: Which of these libraries are debug builds? Given the content of each by its name, return the
    /// names of those that hold the words `unsafe precondition(s) violated`, in alphabetical order.
    ///
    /// >>> words = b"unsafe precondition(s) violated"
    /// >>> elf = b"\x7fELF"
    /// >>> files = {"b.so": elf + words + b": ptr", "a.so": words, "c.so": elf}
    /// >>> debug_builds(files)
    /// ['a.so', 'b.so']
    /// >>> split = words[:9] + b"\n" + words[9:]
    /// >>> debug_builds({"short.so": words[:-1], "split.so": split})
    /// []
    /// >>> debug_builds({"checked.so": b"attempt to add with overflow", "empty.so": b""})
    /// []
    /// >>> debug_builds({})
    /// []
    #[pyfunction]
    fn debug_builds(libraries: BTreeMap<String, Vec<u8>>) -> PyResult<Vec<String>> {
        Err(PyNotImplementedError::new_err("find the words"))
    }
}
