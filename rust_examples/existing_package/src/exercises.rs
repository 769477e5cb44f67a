//! Exercises: which package an import finds, what a module's name asks for, and a fallback that hides nothing.
#![allow(unused_variables, clippy::needless_pass_by_value)]

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: Somebody types `import natural_order` in a folder. In each of four cases, where does the
    /// import find a package: `"here"`, among the `"installed"`, or `"neither"`? In the first case,
    /// `natural_order/__init__.py` stands in the folder and among the installed packages. In the second,
    /// the folder holds an empty `natural_order`, and the package is installed. In the third, there is the
    /// empty folder alone. In the fourth, the folder holds `python/natural_order/__init__.py`, and the
    /// package is installed. Return four answers, `Ok(vec!["here", …])`. The case below lays the folders
    /// down, asks Python, and compares.
    ///
    /// >>> import tempfile
    /// >>> from importlib.machinery import PathFinder
    /// >>> from pathlib import Path
    /// >>> package = "natural_order/__init__.py"
    /// >>> cases = [(package, package), ("natural_order/", package),
    /// ...          ("natural_order/", ""), (f"python/{package}", package)]
    /// >>> def found(here, installed):
    /// ...     with tempfile.TemporaryDirectory() as root:
    /// ...         for place, name in [("here", here), ("installed", installed)]:
    /// ...             path = Path(root, place, name)
    /// ...             (path.parent if path.suffix else path).mkdir(parents=True)
    /// ...             if path.suffix:
    /// ...                 path.touch()
    /// ...         path = [str(Path(root, place)) for place in ("here", "installed")]
    /// ...         origin = PathFinder.find_spec("natural_order", path).origin
    /// ...         return Path(origin).relative_to(root).parts[0] if origin else "neither"
    /// >>> where_from() == [found(here, installed) for here, installed in cases]
    /// True
    #[pyfunction]
    fn where_from() -> PyResult<Vec<&'static str>> {
        Err(PyNotImplementedError::new_err("where does it find one?"))
    }

    /// Repair: `module-name` in pyproject.toml decides two things. The library goes to a path, written
    /// without what the system adds at its end; and when Python imports it, it calls a function of a certain
    /// name. Return the two. The second is right for a module that stands alone, and fails for a `_core`. The
    /// last case asks Python which function it misses, in a library that belongs to another module.
    ///
    /// >>> path_and_function("first_package")
    /// ('first_package', 'PyInit_first_package')
    /// >>> path_and_function("natural_order._core")
    /// ('natural_order/_core', 'PyInit__core')
    /// >>> path_and_function("tools.files.natural")
    /// ('tools/files/natural', 'PyInit_natural')
    /// >>> from importlib.util import module_from_spec, spec_from_file_location
    /// >>> from importlib.machinery import EXTENSION_SUFFIXES
    /// >>> library = existing_package.__file__
    /// >>> if not library.endswith(tuple(EXTENSION_SUFFIXES)):
    /// ...     library = existing_package.existing_package.__file__
    /// >>> try:
    /// ...     module_from_spec(spec_from_file_location("files.natural", library))
    /// ... except ImportError as error:
    /// ...     path_and_function("files.natural")[1] in str(error)
    /// True
    #[pyfunction]
    fn path_and_function(module_name: &str) -> (String, String) {
        (
            module_name.replace('.', "/"),
            format!("PyInit_{module_name}"),
        )
    }

    /// Build: The fallback, in Rust. Import the module of this name and return it. Where there is no such
    /// module, return `fallback`. Every other error goes to the caller: a module that is there and cannot be
    /// loaded, or one that needs another which is missing.
    ///
    /// >>> import sys, tempfile
    /// >>> from pathlib import Path
    /// >>> folder = tempfile.TemporaryDirectory()
    /// >>> sys.path.insert(0, folder.name)
    /// >>> for name, text in {"whole_core": "BACKEND = 'rust'", "broken_core": "1 / 0",
    /// ...                    "needy_core": "import not_installed"}.items():
    /// ...     length = Path(folder.name, f"{name}.py").write_text(text)
    /// >>> import_or("missing_core", "python")
    /// 'python'
    /// >>> import_or("whole_core", "python").BACKEND
    /// 'rust'
    /// >>> import_or("broken_core", "python")
    /// Traceback (most recent call last):
    /// ZeroDivisionError: division by zero
    /// >>> import_or("needy_core", "python")
    /// Traceback (most recent call last):
    /// ModuleNotFoundError: No module named 'not_installed'
    #[pyfunction]
    fn import_or<'py>(name: &str, fallback: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Err(PyNotImplementedError::new_err("import the module first"))
    }
}
