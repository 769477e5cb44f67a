//! What a stream yields, and what it means when it breaks off.

use std::ffi::{CStr, c_int};
use std::ptr::null;

use pyo3::exceptions::{
    PyMemoryError, PyNotImplementedError, PyOSError, PyTypeError, PyValueError,
};
use pyo3::prelude::*;

use crate::interface::{Array, Interface, Schema, Stream};

impl Stream {
    /// The type of all its arrays.
    pub fn schema(&mut self) -> PyResult<Schema> {
        let mut schema = Schema::default();
        let get = self.get_schema.ok_or_else(incomplete)?;
        // SAFETY: the stream has not been released, and the
        // schema is a place to write to.
        let code = unsafe { get(self, &raw mut schema) };
        self.check(code)?;
        Ok(schema)
    }

    /// The next array, or nothing at the end.
    pub fn next(&mut self) -> PyResult<Option<Array>> {
        let mut array = Array::default();
        let get = self.get_next.ok_or_else(incomplete)?;
        // SAFETY: as above.
        let code = unsafe { get(self, &raw mut array) };
        self.check(code)?;
        Ok((!array.is_released()).then_some(array))
    }

    /// Raise what a code from the stream means: it is one of `errno`'s.
    fn check(&mut self, code: c_int) -> PyResult<()> {
        if code == 0 {
            return Ok(());
        }
        let said = self.get_last_error.map_or(null(), |get| {
            // SAFETY: the last call failed, which is when this may be called.
            unsafe { get(self) }
        });
        let message = if said.is_null() {
            "the stream broke off, and does not say why".to_owned()
        } else {
            // SAFETY: not null, so it is a C string, and valid until the next call.
            let said = unsafe { CStr::from_ptr(said) };
            format!("the stream broke off: {}", said.to_string_lossy())
        };
        Err(match code {
            EINVAL => PyValueError::new_err(message),
            ENOMEM => PyMemoryError::new_err(message),
            ENOSYS => PyNotImplementedError::new_err(message),
            _ => PyOSError::new_err((code, message)),
        })
    }
}

// The codes that the specification names, and that are not the
// business of the operating system.
const EINVAL: c_int = 22;
const ENOMEM: c_int = 12;
const ENOSYS: c_int = if cfg!(target_os = "linux") {
    38
} else if cfg!(windows) {
    40
} else {
    78
};

fn incomplete() -> PyErr {
    PyTypeError::new_err("the stream lacks a function that every stream must have")
}
