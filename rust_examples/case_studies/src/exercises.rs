//! Exercises: copies on the disk, your own project, and a name in a text.
#![allow(unused_variables)]
#![allow(clippy::doc_link_with_quotes)] // Python's lists are no links

use pyo3::prelude::*;

/// A guess, a word to change, and a program, for you to work on.
#[pymodule(submodule)]
pub mod exercises {
    use std::path::PathBuf;

    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    use crate::unused_imports;

    /// Predict: One wheel with one large file in it is installed into three environments, by pip, and by uv
    /// with `--link-mode hardlink`. How many copies of that file are on the disk afterwards, uv's cache
    /// included, the wheel itself left out? Put `Ok((pip, uv))` in the place of `Err(…)`, with two numbers.
    ///
    /// The case installs them and counts.
    ///
    /// >>> import os, subprocess, sys, tempfile, zipfile
    /// >>> from pathlib import Path
    /// >>> from uv import find_uv_bin
    /// >>> inside = {
    /// ...     "large.bin": "0" * 100_000,
    /// ...     "large-1.0.dist-info/METADATA":
    /// ...         "Metadata-Version: 2.1\nName: large\nVersion: 1.0\n",
    /// ...     "large-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n",
    /// ... }
    /// >>> inside["large-1.0.dist-info/RECORD"] = "".join(f"{name},,\n" for name in inside)
    /// >>> def copies(*command):
    /// ...     with tempfile.TemporaryDirectory() as folder:
    /// ...         path = Path(folder, "large-1.0-py3-none-any.whl")
    /// ...         with zipfile.ZipFile(path, "w") as wheel:
    /// ...             for name, content in inside.items():
    /// ...                 wheel.writestr(name, content)
    /// ...         cache = str(Path(folder, "cache"))
    /// ...         env = os.environ | {"UV_CACHE_DIR": cache, "UV_NO_CONFIG": "1"}
    /// ...         for name in ["one", "two", "three"]:
    /// ...             target = ["--target", str(Path(folder, name))]
    /// ...             call = [*command, *target, "--no-index", str(path)]
    /// ...             subprocess.run(call, env=env, capture_output=True, check=True)
    /// ...         found = Path(folder).rglob("large.bin")
    /// ...         return len({file.stat().st_ino for file in found})
    /// >>> pip, uv = copies_on_the_disk()
    /// >>> pip == copies(sys.executable, "-m", "pip", "install")
    /// True
    /// >>> uv == copies(find_uv_bin(), "pip", "install", "--link-mode", "hardlink")
    /// True
    #[pyfunction]
    fn copies_on_the_disk() -> PyResult<(u32, u32)> {
        Err(PyNotImplementedError::new_err("how many copies?"))
    }

    /// Repair: Lint your own project. `own_project` should say what is imported in vain below a folder, a
    /// sentence each. It says what cannot be read instead. Change the marked word; then point it at a project
    /// of yours.
    ///
    /// >>> import tempfile
    /// >>> from pathlib import Path
    /// >>> def lint(**files):
    /// ...     with tempfile.TemporaryDirectory() as folder:
    /// ...         for name, source in files.items():
    /// ...             Path(folder, f"{name}.py").write_bytes(source)
    /// ...         return own_project(folder)
    /// >>> lint(clean=b"import os\nprint(os.name)\n")
    /// []
    /// >>> lint(first=b"import os\n", second=b"from json import loads as read\n")
    /// ["'os' imported but unused", "'json.loads as read' imported but unused"]
    /// >>> lint(broken=b"import os\nimport\n", latin=b"import os\n# caf\xe9\n")
    /// []
    #[pyfunction]
    fn own_project(py: Python<'_>, folder: PathBuf) -> PyResult<Vec<String>> {
        let wanted = "E902"; // <- this word
        let mut found = unused_imports(py, folder, None)?;
        found.retain(|diagnostic| diagnostic.code == wanted);
        Ok(found
            .into_iter()
            .map(|diagnostic| diagnostic.message)
            .collect())
    }

    /// Build: A use that a search for the letters would miss. Give a program that begins with `import json`, in
    /// which the small Ruff finds nothing to report, though the only other `json` in it is the text `'json'`. To
    /// print that text is not enough. Put the lines that follow the first between the brackets, each in double
    /// quotation marks, such as `["answer = 42", "print(answer)"]`.
    ///
    /// >>> import tempfile
    /// >>> from pathlib import Path
    /// >>> from case_studies import unused_imports
    /// >>> def lint(program):
    /// ...     with tempfile.TemporaryDirectory() as folder:
    /// ...         Path(folder, "program.py").write_text(program, "utf-8")
    /// ...         return [diagnostic.message for diagnostic in unused_imports(folder)]
    /// >>> program = "\n".join(["import json", *used_in_a_text()])
    /// >>> program.count("'json'") > 0
    /// True
    /// >>> program.count("json") - program.count("'json'")
    /// 1
    /// >>> lint(program)
    /// []
    #[pyfunction]
    fn used_in_a_text() -> PyResult<Vec<&'static str>> {
        let lines = vec![]; // <- between the brackets
        if lines.is_empty() {
            return Err(PyNotImplementedError::new_err("which lines?"));
        }
        Ok(lines)
    }
}
