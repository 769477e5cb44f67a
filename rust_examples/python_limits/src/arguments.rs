//! What Python passes, taken with care.

use pyo3::exceptions::{
    PyMemoryError, PyOverflowError, PyTypeError, PyUnicodeEncodeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::types::PyString;

/// Items between two looks at Python.
const BLOCK: usize = 1 << 14;

/// Whatever can be gone through, item by item, since what it says
/// of its length need not be true.
pub fn each<'py>(
    items: &Bound<'py, PyAny>,
    mut take: impl FnMut(usize, Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    for (number, item) in items.try_iter()?.enumerate() {
        if number % BLOCK == BLOCK - 1 {
            items.py().check_signals()?;
        }
        take(number, item?)?;
    }
    Ok(())
}

/// The strings of a list, or of whatever else can be gone through.
/// `what` is one of them, in messages.
///
/// Raises `TypeError` where an item is no string, and for a single
/// string, which is no list of names.
pub fn strings<'py>(what: &str, items: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyString>>> {
    if items.is_instance_of::<PyString>() {
        let message = format!("one string is no list of {what}s: put it into one");
        return Err(PyTypeError::new_err(message));
    }
    let mut found = Vec::new();
    each(items, |number, item| {
        let Ok(string) = item.cast::<PyString>() else {
            let kind = item.get_type().name()?;
            let message = format!("{what} {number} is no string but of type {kind}");
            return Err(PyTypeError::new_err(message));
        };
        room(&mut found, 1)?;
        found.push(plain(string)?);
        Ok(())
    })?;
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

/// The letters of a string as numbers: its code points, as `ord` has
/// them, lone surrogates among them.
pub fn letters(string: &Bound<'_, PyString>) -> PyResult<Vec<u32>> {
    let (string, mut found) = (plain(string)?, Vec::new());
    match string.to_str() {
        Ok(text) => {
            room(&mut found, text.len())?;
            found.extend(text.chars().map(u32::from));
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

/// Make room for `more` items, or raise `MemoryError`.
pub fn room<T>(items: &mut Vec<T>, more: usize) -> PyResult<()> {
    let reserved = items.try_reserve(more);
    reserved.map_err(|_| PyMemoryError::new_err(format!("there is no room for {more} more")))
}

/// A number of things, 0 or more, however large; `None` is as many as there are.
///
/// Raises `ValueError` where it is below 0, and `TypeError` where it is no integer.
pub fn amount(number: &Bound<'_, PyAny>) -> PyResult<usize> {
    if number.is_none() {
        return Ok(usize::MAX);
    }
    match number.extract::<usize>() {
        Err(error) if error.is_instance_of::<PyOverflowError>(number.py()) => {
            if number.lt(0)? {
                let message = format!("must be 0 or more, not {number}");
                return Err(PyValueError::new_err(message));
            }
            Ok(usize::MAX)
        }
        extracted => extracted,
    }
}
