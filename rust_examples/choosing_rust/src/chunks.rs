//! The arrays of a column, checked once and then read as slices.

use std::fmt;
use std::slice;

use crate::interface::Array;

/// An array that contradicts itself, and how.
#[derive(Debug, PartialEq)]
pub enum Broken {
    /// It claims a number of rows or of buffers that cannot be.
    Claims(&'static str),
    /// A row of text does not lie within its buffer.
    Outside,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claims(what) => write!(f, "an Arrow array cannot have {what}"),
            Self::Outside => write!(f, "an Arrow array has a text outside its buffer"),
        }
    }
}

/// An array whose claims have been checked, as far as they can be: how
/// long a buffer is, it does not say.
pub struct Checked {
    array: Array,
    pub first: usize,
    pub len: usize,
}

impl Checked {
    /// `buffers` is how many it must have at least, the bits that say
    /// which rows are there among them.
    pub fn new(array: Array, buffers: usize) -> Result<Self, Broken> {
        let (len, first) = (usize::try_from(array.length), usize::try_from(array.offset));
        let (Ok(len), Ok(first)) = (len, first) else {
            return Err(Broken::Claims("a negative number of rows"));
        };
        // In bytes, all slices must stay below isize::MAX; no row has more than 16.
        if first
            .checked_add(len)
            .is_none_or(|end| end > isize::MAX as usize / 16 - 1)
        {
            return Err(Broken::Claims("more rows than memory"));
        }
        let checked = Self { array, first, len };
        if checked.count() < buffers || checked.array.buffers.is_null() {
            return Err(Broken::Claims("so few buffers"));
        }
        if checked.array.null_count > 0 && checked.pointer::<u8>(0)?.is_null() {
            return Err(Broken::Claims("nulls, and no word on where they are"));
        }
        Ok(checked)
    }

    /// How many buffers there are.
    pub fn count(&self) -> usize {
        usize::try_from(self.array.n_buffers).unwrap_or(0)
    }

    /// Where a buffer begins; it may be null.
    fn pointer<T>(&self, index: usize) -> Result<*const T, Broken> {
        debug_assert!(index < self.count());
        // SAFETY: there are so many pointers to buffers.
        let pointer = unsafe { *self.array.buffers.add(index) }.cast::<T>();
        if pointer.is_aligned() {
            Ok(pointer)
        } else {
            Err(Broken::Claims("a buffer that is not aligned"))
        }
    }

    /// Refuse a buffer that is needed and missing, or that is not aligned.
    pub fn require<T>(&self, index: usize) -> Result<(), Broken> {
        if self.len > 0 && self.pointer::<T>(index)?.is_null() {
            return Err(Broken::Claims("rows without a buffer"));
        }
        Ok(())
    }

    /// The first `count` items of a buffer; none where there are no rows, or no buffer.
    ///
    /// # Safety
    ///
    /// The buffer must be one of `T`, and have so many, where it is there.
    pub unsafe fn items<T>(&self, index: usize, count: usize) -> &[T] {
        match self.pointer::<T>(index) {
            // SAFETY: aligned and not null; the rest is the caller's promise.
            Ok(pointer) if self.len > 0 && !pointer.is_null() => unsafe {
                slice::from_raw_parts(pointer, count)
            },
            _ => &[],
        }
    }

    /// Which rows are there: one bit each, or nothing where all are.
    fn validity(&self) -> Option<&[u8]> {
        let pointer = self.pointer::<u8>(0).ok();
        let pointer = pointer.filter(|at| self.len > 0 && !at.is_null())?;
        let bytes = (self.first + self.len).div_ceil(8);
        // SAFETY: not null, and the specification wants a bit for each row.
        Some(unsafe { slice::from_raw_parts(pointer, bytes) })
    }

    /// The places of its rows in the buffers, and for each whether it is there.
    pub fn rows(&self) -> impl Iterator<Item = (usize, bool)> + Send {
        let validity = self.validity();
        let there = move |row| validity.is_none_or(|bits| bits[row / 8] >> (row % 8) & 1 == 1);
        (self.first..self.first + self.len).map(move |row| (row, there(row)))
    }
}

/// An array of 64-bit integers.
pub struct NumberChunk(Checked);

impl NumberChunk {
    /// Take an array with the format `l`.
    pub fn new(array: Array) -> Result<Self, Broken> {
        let checked = Checked::new(array, 2)?;
        checked.require::<i64>(1)?;
        Ok(Self(checked))
    }

    pub fn len(&self) -> usize {
        self.0.len
    }

    pub fn iter(&self) -> impl Iterator<Item = Option<i64>> + Send {
        // SAFETY: required above, and of one number for each row.
        let numbers: &[i64] = unsafe { self.0.items(1, self.0.first + self.0.len) };
        self.0
            .rows()
            .map(|(row, there)| there.then(|| numbers[row]))
    }
}
