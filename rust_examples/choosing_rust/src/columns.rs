//! Columns that others own, read where they lie.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;

use crate::chunks::{Broken, NumberChunk};
use crate::formats::{Layout, described};
use crate::interface::{Array, Schema, Stream, take};
use crate::texts::TextChunk;

/// A column of text: `Series`, chunked arrays, and whatever
/// else hands out Arrow's structs.
pub struct Texts(Vec<TextChunk>);

/// A column of 64-bit integers, likewise.
pub struct Numbers(Vec<NumberChunk>);

impl Texts {
    /// Its rows, as UTF-8, and `None` where there is no text.
    pub fn iter(&self) -> impl Iterator<Item = Result<Option<&[u8]>, Broken>> + Send {
        self.0.iter().flat_map(TextChunk::iter)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(TextChunk::len).sum()
    }
}

impl Numbers {
    /// Its rows, and `None` where there is no number.
    pub fn iter(&self) -> impl Iterator<Item = Option<i64>> + Send {
        self.0.iter().flat_map(NumberChunk::iter)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.0.iter().map(NumberChunk::len).sum()
    }
}

impl FromPyObject<'_, '_> for Texts {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let (schema, arrays) = structs(&object)?;
        let layout = Layout::of_text(schema.format()?).filter(|_| schema.dictionary.is_null());
        let layout = layout.ok_or_else(|| unlike("text", &schema))?;
        let chunks = arrays
            .into_iter()
            .map(|array| TextChunk::new(array, layout));
        Ok(Self(chunks.collect::<Result<_, _>>()?))
    }
}

impl FromPyObject<'_, '_> for Numbers {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let (schema, arrays) = structs(&object)?;
        if schema.format()? != "l" || !schema.dictionary.is_null() {
            return Err(unlike("int64", &schema));
        }
        let chunks = arrays.into_iter().map(NumberChunk::new);
        Ok(Self(chunks.collect::<Result<_, _>>()?))
    }
}

/// Ask an object for its data, by the PyCapsule interface. No row is copied.
///
/// Raises `TypeError` for one that has no such method, and whatever that raises.
pub fn structs(object: &Bound<'_, PyAny>) -> PyResult<(Schema, Vec<Array>)> {
    let py = object.py();
    if let Some(method) = object.getattr_opt(intern!(py, "__arrow_c_array__"))? {
        let pair: (Bound<'_, PyAny>, Bound<'_, PyAny>) = method.call0()?.extract()?;
        return Ok((take(&pair.0)?, vec![take(&pair.1)?]));
    }
    let Some(method) = object.getattr_opt(intern!(py, "__arrow_c_stream__"))? else {
        let name = object.get_type().name()?;
        let message = format!("'{name}' object does not hand out Arrow data");
        return Err(PyTypeError::new_err(message));
    };
    let mut stream: Stream = take(&method.call0()?)?;
    let schema = stream.schema()?;
    let mut arrays = Vec::new();
    while let Some(array) = stream.next()? {
        arrays.push(array);
        py.check_signals()?;
    }
    Ok((schema, arrays))
}

fn unlike(wanted: &str, schema: &Schema) -> PyErr {
    match schema.format() {
        Err(error) => error,
        Ok(_) if !schema.dictionary.is_null() => PyTypeError::new_err(format!(
            "a column of {wanted} is needed, and this one is dictionary-encoded: cast it first"
        )),
        Ok(format) => PyTypeError::new_err(format!(
            "a column of {wanted} is needed, not of {}",
            described(format)
        )),
    }
}

impl From<Broken> for PyErr {
    fn from(broken: Broken) -> Self {
        PyValueError::new_err(broken.to_string())
    }
}
