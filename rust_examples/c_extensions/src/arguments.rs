//! What Python passes, taken with care.

use pyo3::exceptions::{PyMemoryError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// The letters of a string as numbers: its code points, as `ord` has
/// them, lone surrogates among them.
///
/// # Errors
///
/// `MemoryError` where memory does not hold them a second time.
pub fn letters(string: &Bound<'_, PyString>) -> PyResult<Vec<u32>> {
    let (string, mut found) = (plain(string)?, Vec::new());
    match string.to_str() {
        Ok(text) => {
            room(&mut found, text.len())?;
            if text.is_ascii() {
                found.extend(text.bytes().map(u32::from)); // a byte each, so many at a time
            } else {
                found.extend(text.chars().map(u32::from));
            }
        }
        Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(string.py()) => {
            let bytes = string.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
            let (units, _) = bytes.extract::<&[u8]>()?.as_chunks::<4>();
            room(&mut found, units.len())?;
            found.extend(units.iter().map(|unit| u32::from_le_bytes(*unit)));
        }
        Err(error) => return Err(error),
    }
    Ok(found)
}

/// The string itself; of a subclass, which may lie, a plain one with the same letters.
fn plain<'py>(string: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyString>> {
    if string.is_exact_instance_of::<PyString>() {
        return Ok(string.clone());
    }
    let class = string.py().get_type::<PyString>();
    Ok(class.call_method1("__str__", (string,))?.cast_into()?)
}

/// Make room for `more` letters, or raise `MemoryError`.
fn room(letters: &mut Vec<u32>, more: usize) -> PyResult<()> {
    let reserved = letters.try_reserve(more);
    reserved.map_err(|error| PyMemoryError::new_err(error.to_string()))
}
