//! Exercises: five wheels, a marker that is missing, and the file that an installer takes.
#![allow(unused_variables)]
#![allow(clippy::doc_markdown, clippy::doc_link_with_quotes)] // the docs hold Python

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    /// Predict: Here are the tags of five wheels. Which of them can CPython 3.12 install, on Linux with
    /// glibc 2.36, on `x86_64`?
    ///
    /// 1. `cp310-abi3-manylinux_2_28_x86_64`
    /// 2. `cp313-abi3-manylinux_2_17_x86_64`
    /// 3. `cp311-cp311-manylinux_2_17_x86_64`
    /// 4. `cp312-cp312-manylinux_2_39_x86_64`
    /// 5. `py2.py3-none-any`
    ///
    /// Return five answers, `Ok(vec![true, …])` where the first one can be. The case below asks the crate.
    ///
    /// >>> from distribution import best_tag, installable_tags
    /// >>> glibc = [f"manylinux_2_{minor}_x86_64" for minor in range(36, 4, -1)]
    /// >>> takes = installable_tags(12, glibc)
    /// >>> five = ["cp310-abi3-manylinux_2_28_x86_64", "cp313-abi3-manylinux_2_17_x86_64"]
    /// >>> five += ["cp311-cp311-manylinux_2_17_x86_64"]
    /// >>> five += ["cp312-cp312-manylinux_2_39_x86_64", "py2.py3-none-any"]
    /// >>> best = [best_tag(f"demo-1.0-{tag}.whl", takes) for tag in five]
    /// >>> which_install() == [tag is not None for tag in best]
    /// True
    #[pyfunction]
    fn which_install() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which of the five fit?"))
    }

    /// Repair: Type checkers read the hints of a package only where a file `py.typed` stands in its own
    /// folder. From the files of a wheel, one a line, tell the path at which that marker is missing, or
    /// `None` where it is there, or where there is no package. The package is the folder with an
    /// `__init__.py` or an `__init__.pyi` in it, and each wheel here has at most one.
    ///
    /// >>> missing_marker("demo/__init__.pyi\ndemo/demo.abi3.so\ndemo/py.typed\n") is None
    /// True
    /// >>> record = "demo-0.1.0.dist-info/RECORD\n"
    /// >>> missing_marker("demo/__init__.pyi\ndemo/demo.abi3.so\n" + record)
    /// 'demo/py.typed'
    /// >>> missing_marker(record + "demo/demo.abi3.so\ndemo/__init__.py\n")
    /// 'demo/py.typed'
    /// >>> missing_marker("demo/__init__.py\ndemo/docs/py.typed\n")
    /// 'demo/py.typed'
    /// >>> missing_marker("script.py\n") is None
    /// True
    #[pyfunction]
    fn missing_marker(files: &str) -> Option<String> {
        if files.lines().any(|file| file.ends_with("py.typed")) {
            None
        } else {
            Some("py.typed".to_owned())
        }
    }

    /// Build: We have published 0.2. Does everybody get it? An index lists the files of a package, one a
    /// line. An installer leaves out what fits none of its tags. Of the rest it takes the newest version,
    /// and of two files of that version the one whose tag comes first. Return its name, or `None`.
    ///
    /// Versions are numbers with dots here, and all files are wheels; what is no wheel is a `ValueError`.
    ///
    /// >>> from distribution import installable_tags
    /// >>> linux = installable_tags(12, ["linux_x86_64"])
    /// >>> windows = installable_tags(12, ["win_amd64"])
    /// >>> old = "a-0.1.0-cp310-abi3-linux_x86_64.whl\na-0.1.0-cp310-abi3-win_amd64.whl\n"
    /// >>> choose(old, windows)
    /// 'a-0.1.0-cp310-abi3-win_amd64.whl'
    /// >>> new = "a-0.2.0-cp310-abi3-linux_x86_64.whl\n"
    /// >>> choose(new + old, linux)
    /// 'a-0.2.0-cp310-abi3-linux_x86_64.whl'
    /// >>> choose(new + old, windows)
    /// 'a-0.1.0-cp310-abi3-win_amd64.whl'
    /// >>> choose("a-0.9-py3-none-any.whl\na-0.10-py3-none-any.whl\n", windows)
    /// 'a-0.10-py3-none-any.whl'
    /// >>> choose("a-0.2-py3-none-any.whl\na-0.2-cp312-cp312-win_amd64.whl\n", windows)
    /// 'a-0.2-cp312-cp312-win_amd64.whl'
    /// >>> choose(new, windows) is None
    /// True
    #[pyfunction]
    fn choose(files: &str, tags: &Bound<'_, PyList>) -> PyResult<Option<String>> {
        Err(PyNotImplementedError::new_err("choose a file"))
    }
}
