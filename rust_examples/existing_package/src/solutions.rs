//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stub's signature has room for its error

use pyo3::pymodule;

#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyModuleNotFoundError;
    use pyo3::prelude::*;

    /// The first package on the path wins, so the one in the current folder hides the installed one. A
    /// folder without `__init__.py` is taken only where there is no package anywhere behind it, and then it
    /// is an empty one. Nobody looks into a folder called `python`, and that is what it is for.
    ///
    /// # Hints
    ///
    /// 1. Python goes through the path from the front. At what does it stop?
    /// 2. A folder without `__init__.py` is a last resort: see "The folder beside you".
    ///
    /// # Misconceptions
    ///
    /// - `['installed', 'installed', 'neither', 'installed']`: the current folder stands before the installed packages.
    /// - `['here', 'here', 'neither', 'installed']`: a folder without `__init__.py` gives way to a package further back.
    /// - `['here', 'installed', 'neither', 'here']`: the name is looked up in the folder itself, and not below it.
    #[pyfunction]
    fn where_from() -> PyResult<Vec<&'static str>> {
        Ok(vec!["here", "installed", "neither", "installed"])
    }

    /// The dots lead through folders, and the library knows nothing of these: its function is named after
    /// the last part alone.
    ///
    /// # Hints
    ///
    /// 1. Does a library know in which package it lies?
    /// 2. `rsplit_once('.')`, or `rsplit('.')` and the first that it yields.
    ///
    /// # Misconceptions
    ///
    /// - `('natural_order/_core', 'PyInit_core')`: the underscore belongs to the name, so there are two.
    /// - `('natural_order/_core', 'PyInit_natural_order')`: that is the package; the library is the module in it.
    #[pyfunction]
    fn path_and_function(module_name: &str) -> (String, String) {
        let name = module_name.rsplit('.').next().unwrap_or_default();
        (module_name.replace('.', "/"), format!("PyInit_{name}"))
    }

    /// Two things have to be true: nothing was found, and what was not found is what we asked for.
    ///
    /// # Hints
    ///
    /// 1. The error knows which module was not found, and it need not be yours.
    /// 2. A `match` with a guard: `is_instance_of::<PyModuleNotFoundError>`, and the attribute `name` of `error.value(py)`.
    ///
    /// # Misconceptions
    ///
    /// - `'python'`: this core is there, and cannot be loaded; a fallback must not hide that.
    #[pyfunction]
    fn import_or<'py>(name: &str, fallback: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = fallback.py();
        match py.import(name) {
            Ok(module) => Ok(module.into_any()),
            Err(error)
                if error.is_instance_of::<PyModuleNotFoundError>(py)
                    && error.value(py).getattr("name")?.eq(name)? =>
            {
                Ok(fallback)
            }
            Err(error) => Err(error),
        }
    }
}
