//! Pictures as NumPy lends them: views of our own, borrowed for reading or for writing.

use numpy::ndarray::{Array2, Array3, ArrayView3, ArrayViewMut3, Axis};
use numpy::{
    BorrowError, PyArray3, PyArrayDescrMethods, PyArrayMethods, PyReadonlyArray3,
    PyReadwriteArray3, PyUntypedArray, PyUntypedArrayMethods, dtype,
};
use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::pixels;

/// How many bytes of a picture are gone through between two looks at Python.
const BLOCK: usize = 1 << 24;

/// A new view of a picture's pixels, which nobody else has.
///
/// Whoever has an array may give it another shape or type at any time, from another
/// thread too. Nobody can do so with ours. Raises `TypeError` for what is no array of
/// uint8, `ValueError` where its shape is not (height, width, 3).
pub fn own_view<'py>(picture: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray3<u8>>> {
    let py = picture.py();
    let array = picture.cast::<PyUntypedArray>()?;
    let plain = py.get_type::<PyUntypedArray>();
    let view = plain.call_method1("view", (array, &plain))?;
    let view = view.cast::<PyUntypedArray>()?;
    if !view.dtype().is_equiv_to(&dtype::<u8>(py)) {
        let message = format!("a picture is an array of uint8, not of {}", view.dtype());
        return Err(PyTypeError::new_err(message));
    }
    if view.ndim() != 3 || view.shape()[2] != 3 {
        let shape = view.getattr("shape")?;
        let message = format!("a picture has the shape (height, width, 3), not {shape}");
        return Err(PyValueError::new_err(message));
    }
    if view.len() == 0 {
        // The strides of an empty array may lead anywhere.
        return Ok(PyArray3::zeros(
            py,
            [view.shape()[0], view.shape()[1], 3],
            false,
        ));
    }
    Ok(view.cast::<PyArray3<u8>>()?.clone())
}

/// The pixels of a view, for reading. Raises `RuntimeError` while others write them.
pub fn reading<'py>(view: &Bound<'py, PyArray3<u8>>) -> PyResult<PyReadonlyArray3<'py, u8>> {
    view.try_readonly().map_err(|_| busy())
}

/// The pixels of a view, for writing, as NumPy's functions do with `out=`.
///
/// Raises `ValueError` where the view is read-only or overlaps itself,
/// `RuntimeError` while others use it.
pub fn writing<'py>(view: &Bound<'py, PyArray3<u8>>) -> PyResult<PyReadwriteArray3<'py, u8>> {
    match write(view)? {
        Borrowed::Free(pixels) => Ok(pixels),
        Borrowed::Taken => Err(busy()),
    }
}

/// Pixels for writing, or the news that somebody has borrowed them already.
pub enum Borrowed<'py> {
    Free(PyReadwriteArray3<'py, u8>),
    Taken,
}

/// As `writing`, for those who know what to do where the pixels are borrowed already.
pub fn write<'py>(view: &Bound<'py, PyArray3<u8>>) -> PyResult<Borrowed<'py>> {
    if pixels::overlaps_itself(view.shape(), view.strides()) {
        let message = "the array overlaps itself: pass a copy";
        return Err(PyValueError::new_err(message));
    }
    match view.try_readwrite() {
        Ok(pixels) => Ok(Borrowed::Free(pixels)),
        Err(BorrowError::AlreadyBorrowed) => Ok(Borrowed::Taken),
        Err(_) => Err(PyValueError::new_err("output array is read-only")),
    }
}

fn busy() -> PyErr {
    PyRuntimeError::new_err("somebody else is at work in this picture")
}

/// A copy of these pixels that is ours. Raises `MemoryError` where there is no room.
pub fn copied(pixels: ArrayView3<'_, u8>) -> PyResult<Array3<u8>> {
    let mut bytes = room(pixels.len())?;
    bytes.extend(pixels.iter());
    Array3::from_shape_vec(pixels.dim(), bytes).map_err(|_| no_room(pixels.len()))
}

/// Write `from` over `into`, each of its axes of length 1 as often as
/// needed, as NumPy's assignment does.
pub fn assign(mut into: ArrayViewMut3<'_, u8>, from: ArrayView3<'_, u8>) -> PyResult<()> {
    let Some(from) = from.broadcast(into.dim()) else {
        let ((height, width, _), (rows, columns, _)) = (from.dim(), into.dim());
        return Err(PyValueError::new_err(format!(
            "could not broadcast input array from shape ({height},{width},3) into shape ({rows},{columns},3)"
        )));
    };
    if !into.is_empty() {
        into.assign(&from);
    }
    Ok(())
}

/// How bright each pixel of a picture is.
pub fn shades(py: Python<'_>, picture: &Bound<'_, PyAny>) -> PyResult<Array2<u8>> {
    let view = own_view(picture)?;
    let borrowed = reading(&view)?;
    let pixels = borrowed.as_array();
    let (height, width, _) = pixels.dim();
    let count = height
        .checked_mul(width)
        .ok_or_else(|| no_room(usize::MAX))?;
    let mut shades = room(count)?;
    if count > 0 {
        let rows = (BLOCK / (3 * width)).max(1);
        for block in pixels.axis_chunks_iter(Axis(0), rows) {
            py.detach(|| pixels::append_shades(block, &mut shades));
            py.check_signals()?;
        }
    }
    Array2::from_shape_vec((height, width), shades).map_err(|_| no_room(count))
}

/// An empty `Vec` with room for so many bytes. Raises `MemoryError` where there is none.
pub fn room(count: usize) -> PyResult<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(count).map_err(|_| no_room(count))?;
    Ok(bytes)
}

fn no_room(count: usize) -> PyErr {
    PyMemoryError::new_err(format!("there is no room for {count} bytes"))
}
