//! Exercises: counts to predict, a leak to mend, and a crop to invert in place.
#![allow(unused_variables)]

use pyo3::pymodule;

/// Who owns what, for you to answer.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: A picture is 4 pixels high and 4 wide. One after the other, six things are made of it and kept
    /// in a list: `Editor(photo)`, `lies_at(photo)`, `photo[1:3]`, `photo[1:3][::-1]`, `grey(photo)` and
    /// `[photo, photo]`.
    ///
    /// Return how far above its first value the picture's reference count is after each of the six.
    ///
    /// >>> import numpy as np
    /// >>> from memory_management import Editor, grey, lies_at, reference_count
    /// >>> def rises():
    /// ...     photo = np.zeros((4, 4, 3), np.uint8)
    /// ...     first, kept = reference_count(photo), []
    /// ...     makers = [
    /// ...         lambda: Editor(photo),
    /// ...         lambda: lies_at(photo),
    /// ...         lambda: photo[1:3],
    /// ...         lambda: photo[1:3][::-1],
    /// ...         lambda: grey(photo),
    /// ...         lambda: [photo, photo],
    /// ...     ]
    /// ...     for make in makers:
    /// ...         kept.append(make())
    /// ...         yield reference_count(photo) - first
    /// >>> counts_rise() == list(rises())
    /// True
    #[pyfunction]
    fn counts_rise() -> PyResult<Vec<isize>> {
        Err(PyNotImplementedError::new_err(
            "how far does each step raise it?",
        ))
    }

    /// Repair: A `Layer` calls its watcher when it is shown or hidden. A window whose layer watches it is never
    /// freed, since nobody told the garbage collector that a layer holds a reference. Tell it.
    ///
    /// >>> import gc, weakref
    /// >>> class Window:
    /// ...     def __init__(self):
    /// ...         self.layer = layer(self.redraw)
    /// ...     def redraw(self):
    /// ...         self.drawn = self.layer.shown
    /// >>> window = Window()
    /// >>> window.layer.toggle()
    /// >>> window.drawn
    /// False
    /// >>> def left(count):
    /// ...     windows = [Window() for _ in range(count)]
    /// ...     watched = [weakref.ref(window) for window in windows]
    /// ...     del windows
    /// ...     gc.collect()
    /// ...     return sum(ref() is not None for ref in watched)
    /// >>> left(100)
    /// 0
    /// >>> window.layer.toggle()  # whoever is still used has lost nothing
    /// >>> window.drawn
    /// True
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
        }

        let (shown, watcher) = (true, Some(watcher));
        Bound::new(py, Layer { shown, watcher }).map(Bound::into_any)
    }

    /// Build: Turn a crop into its negative, in place: each value becomes 255 minus itself. The crop may have
    /// gaps and run backwards. What `brighten` refuses is refused in the same way.
    ///
    /// >>> import numpy as np
    /// >>> photo = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    /// >>> expected = photo.copy()
    /// >>> expected[::2, ::-3] = 255 - expected[::2, ::-3]
    /// >>> invert(photo[::2, ::-3])
    /// >>> np.array_equal(photo, expected)
    /// True
    /// >>> invert(np.broadcast_to(photo, photo.shape))
    /// Traceback (most recent call last):
    /// ValueError: output array is read-only
    /// >>> twice = np.lib.stride_tricks.as_strided(photo, (4, 4, 3), (0, 3, 1))
    /// >>> invert(twice)
    /// Traceback (most recent call last):
    /// ValueError: the array overlaps itself: pass a copy
    /// >>> invert(photo / 255)
    /// Traceback (most recent call last):
    /// TypeError: a picture is an array of uint8, not of float64
    #[pyfunction]
    fn invert(crop: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyNotImplementedError::new_err(
            "borrow the crop for writing first",
        ))
    }
}
