//! A column that Rust owns, and lends to whoever asks for Arrow data.

use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::Arc;

use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::interface::{Array, Interface, Schema};

/// 64-bit integers, of which some may be missing, as Arrow keeps
/// them: numbers, and a bit for each.
#[derive(Debug, Default, PartialEq)]
pub struct Rows {
    numbers: Vec<i64>,
    there: Vec<u8>,
    nulls: usize,
}

impl Rows {
    /// No rows yet, and room for so many. Raises `MemoryError` where there is none.
    pub fn with_room_for(rows: usize) -> PyResult<Self> {
        let mut made = Self::default();
        let numbers = made.numbers.try_reserve_exact(rows);
        numbers
            .and_then(|()| made.there.try_reserve_exact(rows.div_ceil(8)))
            .map_err(|_| PyMemoryError::new_err(format!("there is no room for {rows} rows")))?;
        Ok(made)
    }

    /// Add a row at the end.
    pub fn push(&mut self, number: Option<i64>) {
        let bit = self.numbers.len() % 8;
        if bit == 0 {
            self.there.push(0);
        }
        if let Some(last) = self.there.last_mut() {
            *last |= u8::from(number.is_some()) << bit;
        }
        self.nulls += usize::from(number.is_none());
        self.numbers.push(number.unwrap_or(0));
    }
}

/// A column of 64-bit integers, made by Rust. Polars, pandas and
/// others take it without a copy.
#[pyclass(frozen)]
pub struct Column(Arc<Rows>);

impl From<Rows> for Column {
    fn from(rows: Rows) -> Self {
        Self(Arc::new(rows))
    }
}

#[pymethods]
impl Column {
    /// How many rows have no number.
    #[getter]
    fn null_count(&self) -> usize {
        self.0.nulls
    }

    fn __len__(&self) -> usize {
        self.0.numbers.len()
    }

    fn __repr__(&self) -> String {
        let (rows, nulls) = (self.__len__(), self.0.nulls);
        format!("<Column of int64: {rows} rows, {nulls} of them null>")
    }

    /// The column as two capsules: its type, and where its rows lie.
    ///
    /// `requested_schema`, a wish for another type, may be passed over, and is.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let _ = requested_schema;
        let array = lend(Arc::clone(&self.0));
        Ok((
            PyCapsule::new_with_value(py, int64(), Schema::NAME)?,
            PyCapsule::new_with_value(py, array, Array::NAME)?,
        ))
    }
}

/// What keeps the rows alive while they are lent, and the
/// addresses that the borrower is given.
struct Loan {
    buffers: [*const c_void; 2],
    #[expect(dead_code)] // to have them is enough
    rows: Arc<Rows>,
}

/// Rows as Arrow's struct: one more owner of them, until it is released.
#[expect(clippy::cast_possible_wrap)] // no Vec has so many
fn lend(rows: Arc<Rows>) -> Array {
    let (length, nulls) = (rows.numbers.len() as i64, rows.nulls as i64);
    let buffers = [rows.there.as_ptr().cast(), rows.numbers.as_ptr().cast()];
    let loan = Box::into_raw(Box::new(Loan { buffers, rows }));
    Array {
        length,
        null_count: nulls,
        n_buffers: 2,
        // SAFETY: the loan was made just now, and stays where it is.
        buffers: unsafe { &raw mut (*loan).buffers }.cast(),
        release: Some(end_loan),
        private_data: loan.cast(),
        ..Array::default()
    }
}

/// What the borrower calls at the end.
unsafe extern "C" fn end_loan(array: *mut Array) {
    // SAFETY: it is called once, with an array from `lend`.
    unsafe {
        drop(Box::from_raw((*array).private_data.cast::<Loan>()));
        (*array).private_data = null_mut();
        (*array).release = None;
    }
}

/// The type of our rows. Nothing in it has to be freed.
fn int64() -> Schema {
    Schema {
        format: c"l".as_ptr(),
        name: c"".as_ptr(),
        metadata: null(),
        flags: NULLABLE,
        release: Some(forget),
        ..Schema::default()
    }
}

const NULLABLE: i64 = 2;

unsafe extern "C" fn forget(schema: *mut Schema) {
    // SAFETY: whoever releases a schema has one.
    unsafe { (*schema).release = None }
}

#[cfg(test)]
mod tests {
    use super::{Rows, lend};
    use crate::chunks::NumberChunk;
    use std::sync::Arc;

    fn rows(numbers: &[Option<i64>]) -> Rows {
        let mut rows = Rows::default();
        for number in numbers {
            rows.push(*number);
        }
        rows
    }

    #[test]
    fn what_is_lent_reads_as_it_was_written_and_is_given_back() {
        let numbers: Vec<_> = (0..20).map(|n| (n % 3 > 0).then_some(n)).collect();
        let owner = Arc::new(rows(&numbers));
        let mut array = lend(Arc::clone(&owner));
        (array.offset, array.length) = (3, 11);
        let chunk = NumberChunk::new(array).unwrap();
        assert!(chunk.iter().eq(numbers[3..14].iter().copied()));
        assert_eq!(Arc::strong_count(&owner), 2);
        drop(chunk);
        assert_eq!(Arc::strong_count(&owner), 1);
    }
}
