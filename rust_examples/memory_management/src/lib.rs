//! Who owns what: reference counts, borrowed pixels, and an editor with undo.
#![allow(clippy::doc_markdown)] // NumPy is a name
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value, and so do views

mod arrays;
mod editor;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod pixels;
mod solutions;

use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::buffer::PyUntypedBuffer;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::arrays::{Borrowed, assign, copied, own_view, reading, writing};

/// How many references to an object there are, as Rust sees it.
#[pyfunction]
fn reference_count(object: &Bound<'_, PyAny>) -> isize {
    // SAFETY: a `Bound` keeps its object alive, and reading its count changes nothing.
    unsafe { pyo3::ffi::Py_REFCNT(object.as_ptr()) }
}

/// Where the bytes of an object lie that Rust borrows, and how many there are.
///
/// Takes `str`, and what has a buffer: `bytes`, `bytearray`, `memoryview`, arrays.
/// Raises `TypeError` for all else, `UnicodeEncodeError` for half of a surrogate pair.
#[pyfunction]
fn lies_at(object: &Bound<'_, PyAny>) -> PyResult<(usize, usize)> {
    if let Ok(text) = object.cast::<PyString>() {
        let text: &str = text.to_str()?;
        return Ok((text.as_ptr().addr(), text.len()));
    }
    let buffer = PyUntypedBuffer::get(object)?;
    Ok((buffer.buf_ptr().addr(), buffer.len_bytes()))
}

/// Make a crop brighter by `by`, or darker if that is negative, in place.
///
/// Takes arrays of uint8 of shape (height, width, 3), however they lie in memory.
/// Values stop at 0 and 255. Raises `TypeError` for other types, `ValueError` for
/// other shapes, for read-only arrays and for those that overlap themselves.
#[pyfunction]
fn brighten(crop: &Bound<'_, PyAny>, by: i16) -> PyResult<()> {
    let view = own_view(crop)?;
    let mut borrowed = writing(&view)?;
    let pixels = borrowed.as_array_mut();
    crop.py().detach(|| pixels::lighten(pixels, by));
    Ok(())
}

/// Put the pixels of one crop in the place of another's. The two may overlap.
///
/// Raises what `brighten` raises, and `ValueError` where shapes do not fit.
#[pyfunction]
fn paste(target: &Bound<'_, PyAny>, source: &Bound<'_, PyAny>) -> PyResult<()> {
    let (target, source) = (own_view(target)?, own_view(source)?);
    let from = reading(&source)?;
    match arrays::write(&target)? {
        Borrowed::Free(mut into) => assign(into.as_array_mut(), from.as_array()),
        Borrowed::Taken => {
            let copy = copied(from.as_array())?;
            drop(from);
            assign(writing(&target)?.as_array_mut(), copy.view())
        }
    }
}

/// White pixels: the address at which Rust made them, and their array, of shape (size,).
///
/// Raises `MemoryError` where there is no room.
#[pyfunction]
fn made_in_rust(py: Python<'_>, size: usize) -> PyResult<(usize, Bound<'_, PyArray1<u8>>)> {
    let mut pixels = arrays::room(size)?;
    pixels.resize(size, 255);
    Ok((pixels.as_ptr().addr(), pixels.into_pyarray(py)))
}

/// A picture in shades of grey, as a new array of shape (height, width).
///
/// The weights of red, green and blue are those of ITU-R BT.601, in the fixed-point
/// arithmetic of Pillow's `convert("L")`. Raises `TypeError` and `ValueError` for what is
/// no picture, and `MemoryError` where there is no room.
#[pyfunction]
fn grey<'py>(py: Python<'py>, picture: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let shades = arrays::shades(py, picture)?;
    Ok(PyArray2::from_owned_array(py, shades))
}

/// The same as `grey`, by way of a copy: the new array is Python's from the
/// beginning, and filled from ours.
#[pyfunction]
fn grey_copied<'py>(
    py: Python<'py>,
    picture: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyArray2<u8>>> {
    let shades = arrays::shades(py, picture)?;
    Ok(PyArray2::from_array(py, &shades))
}

#[pymodule]
mod memory_management {
    #[pymodule_export]
    use super::{brighten, grey, grey_copied, lies_at, made_in_rust, paste, reference_count};
    #[pymodule_export]
    use crate::editor::{Editor, LeakyEditor};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
