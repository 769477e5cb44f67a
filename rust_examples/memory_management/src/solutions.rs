//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::pymodule;

/// Who owns what, answered.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::gc::{PyTraverseError, PyVisit};
    use pyo3::prelude::*;

    use crate::arrays::{own_view, writing};

    /// The editor keeps one reference. What is borrowed for the length of a call leaves none. A view keeps its
    /// owner, and a view of a view keeps the owner as well, not the view between. `grey` makes pixels of its
    /// own, and a list holds one reference for each time that something is in it.
    ///
    /// # Hints
    ///
    /// 1. Ask of each thing what it needs the picture for later on. What needs nothing keeps nothing.
    /// 2. Print `photo[1:3][::-1].base is photo`, and think of what a list of two items holds.
    ///
    /// # Misconceptions
    ///
    /// - `[1, 2, 3, 4, 4, 6]`: `lies_at` borrows, and when it returns its borrow is over.
    /// - `[1, 1, 2, 2, 2, 4]`: a view of a view holds the owner of the pixels, not the view it was made of.
    /// - `[1, 1, 2, 3, 4, 6]`: the greys are new pixels, which need the old ones no more.
    /// - `[1, 1, 2, 3, 3, 4]`: each place in a list is a reference of its own.
    #[pyfunction]
    fn counts_rise() -> PyResult<Vec<isize>> {
        Ok(vec![1, 1, 2, 3, 3, 5])
    }

    /// `__traverse__` shows the collector each reference that the object holds, so that it can tell what is held
    /// from within a cycle alone. `__clear__` lets go of them, and the cycle falls apart.
    ///
    /// # Hints
    ///
    /// 1. Two methods: one shows the references, the other lets go of them.
    /// 2. `visit.call(&self.watcher)` in `__traverse__`, `self.watcher = None` in `__clear__`; the types are in `pyo3::gc`.
    ///
    /// # Misconceptions
    ///
    /// - `100`: all of them are still there: the collector cannot see what a layer holds.
    #[pyfunction]
    fn layer(py: Python<'_>, watcher: Py<PyAny>) -> PyResult<Bound<'_, PyAny>> {
        #[pyclass]
        struct Layer {
            #[pyo3(get)]
            shown: bool,
            watcher: Option<Py<PyAny>>,
        }

        #[pymethods]
        impl Layer {
            fn toggle(slf: &Bound<'_, Self>) -> PyResult<()> {
                let py = slf.py();
                let mut layer = slf.try_borrow_mut()?;
                layer.shown = !layer.shown;
                let watcher = layer.watcher.as_ref().map(|watcher| watcher.clone_ref(py));
                drop(layer);
                watcher.map_or(Ok(()), |watcher| watcher.call0(py).map(drop))
            }

            fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
                visit.call(&self.watcher)
            }

            fn __clear__(&mut self) {
                self.watcher = None;
            }
        }

        let (shown, watcher) = (true, Some(watcher));
        Bound::new(py, Layer { shown, watcher }).map(Bound::into_any)
    }

    /// `own_view` and `writing` refuse whatever may not be written; what they lend knows its gaps, so
    /// `map_inplace` meets each value of the crop once and nothing else.
    ///
    /// # Hints
    ///
    /// 1. Look at how `brighten` comes to its pixels, and do the same.
    /// 2. `own_view` and `writing` from `crate::arrays`, then `as_array_mut()`, and `map_inplace` with `!*value`.
    ///
    /// # Misconceptions
    ///
    /// - `False`: a crop is not all of memory between its first and last byte; let the view walk it.
    /// - `TypeError`: an array with gaps is no slice; ask for `as_array_mut`, which knows its strides.
    #[pyfunction]
    fn invert(crop: &Bound<'_, PyAny>) -> PyResult<()> {
        let view = own_view(crop)?;
        let mut borrowed = writing(&view)?;
        borrowed
            .as_array_mut()
            .map_inplace(|value| *value = !*value);
        Ok(())
    }
}
