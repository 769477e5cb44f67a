//! An editor of pictures that can undo, and the same with a leak.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use numpy::ndarray::Array3;
use numpy::{PyArray3, PyUntypedArrayMethods};
use pyo3::exceptions::{PyIndexError, PyRuntimeError, PyValueError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PySlice;

use crate::arrays::{copied, own_view, reading, writing};

/// An editor that forgot to tell Python's garbage collector what it holds.
#[pyclass(module = "memory_management", get_all)]
pub struct LeakyEditor {
    picture: Py<PyAny>,
    #[pyo3(set)]
    watcher: Option<Py<PyAny>>,
}

#[pymethods]
impl LeakyEditor {
    #[new]
    fn new(picture: Py<PyAny>) -> Self {
        let watcher = None;
        Self { picture, watcher }
    }
}

/// Edits crops of a picture in place, and can undo.
///
/// The picture is an array of uint8 of shape (height, width, 3), and remains the
/// caller's. After each edit and each undo `watcher` is called, if there is one.
#[pyclass(module = "memory_management", frozen)]
pub struct Editor {
    #[pyo3(get)]
    picture: Py<PyAny>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    watcher: Option<Py<PyAny>>,
    steps: Vec<Step>,
    under_way: bool,
}

/// What an edit has overwritten.
struct Step {
    region: [Run; 2],
    before: Array3<u8>,
}

/// Start, stop and step of a slice, worked out for a length. `None` as a
/// stop is beyond the first item.
type Run = (isize, Option<isize>, isize);

#[pymethods]
impl Editor {
    /// Raises `TypeError` and `ValueError` for what is no picture, or may not be written.
    #[new]
    fn new(picture: &Bound<'_, PyAny>) -> PyResult<Self> {
        writing(&own_view(picture)?)?;
        let (picture, state) = (picture.clone().unbind(), Mutex::default());
        Ok(Self { picture, state })
    }

    /// Let `change` edit a crop in place. Where it raises, the crop is put back.
    ///
    /// The region is a pair of slices, as `numpy.s_[100:200, ::2]` makes it. Raises
    /// `RuntimeError` while an edit is under way, and what `change` or `watcher` raises.
    fn edit(
        &self,
        py: Python<'_>,
        region: (Bound<'_, PySlice>, Bound<'_, PySlice>),
        change: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let region = self.settled(py, &region)?;
        let under_way = self.begin()?;
        let crop = self.crop(py, region)?;
        drop(writing(&crop)?);
        let before = copied(reading(&crop)?.as_array())?;
        let step = Step { region, before };
        let changed = change.call1((crop,));
        if changed.is_ok() || self.restore(py, &step).is_err() {
            self.state().steps.push(step);
        }
        drop(under_way);
        changed?;
        self.notify(py)
    }

    /// Put back what the last edit has overwritten.
    ///
    /// Raises `IndexError` where there is nothing to undo, and `ValueError`
    /// where the picture has another shape by now, or is read-only: the edit
    /// stays, and can be undone later.
    fn undo(&self, py: Python<'_>) -> PyResult<()> {
        let under_way = self.begin()?;
        let last = self.state().steps.pop();
        let step = last.ok_or_else(|| PyIndexError::new_err("there is nothing to undo"))?;
        if let Err(error) = self.restore(py, &step) {
            self.state().steps.push(step);
            return Err(error);
        }
        drop(under_way);
        self.notify(py)
    }

    /// What is called after each edit and each undo, without arguments, or `None`.
    #[getter]
    fn watcher(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let state = self.state();
        state.watcher.as_ref().map(|watcher| watcher.clone_ref(py))
    }

    #[setter]
    fn set_watcher(&self, watcher: Option<Py<PyAny>>) {
        let before = mem::replace(&mut self.state().watcher, watcher);
        drop(before); // only now that the state is unlocked: this may run Python
    }

    /// How many edits can be undone.
    #[getter]
    fn steps(&self) -> usize {
        self.state().steps.len()
    }

    /// How many bytes are kept for undoing.
    #[getter]
    fn nbytes(&self) -> usize {
        self.state()
            .steps
            .iter()
            .map(|step| step.before.len())
            .sum()
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.picture)?;
        if let Ok(state) = self.state.try_lock() {
            visit.call(&state.watcher)?;
        }
        Ok(())
    }

    fn __clear__(&self) {
        self.set_watcher(None);
    }
}

impl Editor {
    /// The state, which nobody keeps locked while Python runs.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The region in numbers that no longer depend on anything.
    fn settled(
        &self,
        py: Python<'_>,
        (rows, columns): &(Bound<'_, PySlice>, Bound<'_, PySlice>),
    ) -> PyResult<[Run; 2]> {
        let picture = own_view(self.picture.bind(py))?;
        Ok([
            run(rows, picture.shape()[0])?,
            run(columns, picture.shape()[1])?,
        ])
    }

    /// A new view of a region, as NumPy makes it.
    fn crop<'py>(
        &self,
        py: Python<'py>,
        [rows, columns]: [Run; 2],
    ) -> PyResult<Bound<'py, PyArray3<u8>>> {
        let picture = own_view(self.picture.bind(py))?;
        let slice = py.get_type::<PySlice>();
        let crop = picture.get_item((slice.call1(rows)?, slice.call1(columns)?))?;
        Ok(crop.cast_into::<PyArray3<u8>>()?)
    }

    /// Write back what was there before a step.
    fn restore(&self, py: Python<'_>, step: &Step) -> PyResult<()> {
        let crop = self.crop(py, step.region)?;
        let mut pixels = writing(&crop)?;
        let mut pixels = pixels.as_array_mut();
        if pixels.dim() != step.before.dim() {
            let message = "the picture has changed its shape since this edit";
            return Err(PyValueError::new_err(message));
        }
        if !pixels.is_empty() {
            pixels.assign(&step.before);
        }
        Ok(())
    }

    /// Refuse a second edit before the first has ended.
    fn begin(&self) -> PyResult<UnderWay<'_>> {
        if mem::replace(&mut self.state().under_way, true) {
            let message = "an edit of this picture is under way";
            return Err(PyRuntimeError::new_err(message));
        }
        Ok(UnderWay(self))
    }

    fn notify(&self, py: Python<'_>) -> PyResult<()> {
        if let Some(watcher) = self.watcher(py) {
            watcher.call0(py)?;
        }
        Ok(())
    }
}

/// An edit that is under way until this is dropped.
struct UnderWay<'a>(&'a Editor);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.state().under_way = false;
    }
}

fn run(slice: &Bound<'_, PySlice>, length: usize) -> PyResult<Run> {
    let found = slice.indices(length.try_into()?)?;
    if found.slicelength == 0 {
        return Ok((0, Some(0), 1));
    }
    let stop = (found.stop >= 0).then_some(found.stop);
    Ok((found.start, stop, found.step))
}
