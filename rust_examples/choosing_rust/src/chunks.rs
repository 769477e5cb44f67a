//! The arrays of a column, checked once and then read as slices.

use std::fmt;
use std::slice;

use crate::formats::Layout;
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

/// An array whose claims have been checked, as far as they can be: how long a buffer is, it does not say.
struct Checked {
    array: Array,
    first: usize,
    len: usize,
}

impl Checked {
    /// `buffers` is how many it must have at least, the bits that say which rows are there among them.
    fn new(array: Array, buffers: usize) -> Result<Self, Broken> {
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

    fn count(&self) -> usize {
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
    fn require<T>(&self, index: usize) -> Result<(), Broken> {
        if self.len > 0 && self.pointer::<T>(index)?.is_null() {
            return Err(Broken::Claims("rows without a buffer"));
        }
        Ok(())
    }

    /// The first `count` items of a buffer.
    ///
    /// SAFETY: the buffer must have been required as one of `T`, and have so many.
    unsafe fn items<T>(&self, index: usize, count: usize) -> &[T] {
        match self.pointer::<T>(index) {
            Ok(pointer) if !pointer.is_null() => unsafe { slice::from_raw_parts(pointer, count) },
            _ => &[],
        }
    }

    /// Which rows are there: one bit each, or nothing where all are.
    fn validity(&self) -> Option<&[u8]> {
        let pointer = self.pointer::<u8>(0).ok().filter(|at| !at.is_null())?;
        let bytes = (self.first + self.len).div_ceil(8);
        // SAFETY: not null, and the specification wants a bit for each row.
        Some(unsafe { slice::from_raw_parts(pointer, bytes) })
    }

    /// The places of its rows in the buffers, and for each whether it is there.
    fn rows(&self) -> impl Iterator<Item = (usize, bool)> + Send {
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

/// An array of text.
pub struct TextChunk {
    checked: Checked,
    layout: Layout,
}

impl TextChunk {
    /// Take an array with the format that `layout` stands for.
    pub fn new(array: Array, layout: Layout) -> Result<Self, Broken> {
        let checked = Checked::new(array, 3)?;
        match layout {
            Layout::Utf8 => checked.require::<i32>(1)?,
            Layout::LargeUtf8 => checked.require::<i64>(1)?,
            Layout::Utf8View => {
                checked.require::<View>(1)?;
                if checked.count() > 3 {
                    checked.require::<i64>(checked.count() - 1)?;
                }
            }
        }
        Ok(Self { checked, layout })
    }

    pub fn len(&self) -> usize {
        self.checked.len
    }

    pub fn iter(&self) -> impl Iterator<Item = Result<Option<&[u8]>, Broken>> + Send {
        let texts = self.texts();
        self.checked
            .rows()
            .map(move |(row, there)| there.then(|| texts.get(row)).transpose())
    }

    fn texts(&self) -> Slices<'_> {
        let rows = self.checked.first + self.checked.len;
        // SAFETY: all were required above. There is one offset more than rows, and the last is the length
        // of the text; there is a view for each row, and the last buffer has the lengths of those before.
        unsafe {
            match self.layout {
                _ if self.checked.len == 0 => Slices::Views(&[], Vec::new()),
                Layout::Utf8 => {
                    let ends: &[i32] = self.checked.items(1, rows + 1);
                    let size = usize::try_from(ends[rows]).unwrap_or(0);
                    Slices::Small(ends, self.checked.items(2, size))
                }
                Layout::LargeUtf8 => {
                    let ends: &[i64] = self.checked.items(1, rows + 1);
                    let size = usize::try_from(ends[rows]).unwrap_or(0);
                    Slices::Large(ends, self.checked.items(2, size))
                }
                Layout::Utf8View => {
                    let buffers = 2..self.checked.count() - 1;
                    let sizes: &[i64] = self.checked.items(buffers.end, buffers.len());
                    let sizes = sizes.iter().map(|&size| usize::try_from(size).unwrap_or(0));
                    let buffers = buffers
                        .zip(sizes)
                        .map(|(index, size)| self.checked.items(index, size));
                    Slices::Views(self.checked.items(1, rows), buffers.collect())
                }
            }
        }
    }
}

/// The texts of an array, in their buffers.
enum Slices<'a> {
    Small(&'a [i32], &'a [u8]),
    Large(&'a [i64], &'a [u8]),
    Views(&'a [View], Vec<&'a [u8]>),
}

/// How long a text is, and up to 12 bytes itself, or else its beginning, its buffer and its place there.
#[repr(C, align(4))]
struct View {
    len: i32,
    rest: [u8; 12],
}

impl<'a> Slices<'a> {
    /// One of them.
    fn get(&self, row: usize) -> Result<&'a [u8], Broken> {
        let within = |bytes: &'a [u8], start: Option<usize>, end: Option<usize>| {
            start
                .zip(end)
                .and_then(|(start, end)| bytes.get(start..end))
        };
        let found = match self {
            Self::Small(ends, bytes) => {
                let place = |row: usize| usize::try_from(ends[row]).ok();
                within(bytes, place(row), place(row + 1))
            }
            Self::Large(ends, bytes) => {
                let place = |row: usize| usize::try_from(ends[row]).ok();
                within(bytes, place(row), place(row + 1))
            }
            Self::Views(views, buffers) => {
                let View { len, rest } = &views[row];
                let len = usize::try_from(*len).ok();
                if let Some(len) = len.filter(|len| *len <= rest.len()) {
                    return Ok(&rest[..len]);
                }
                let [_, _, _, _, index @ .., a, b, c, d] = rest;
                let buffer = usize::try_from(i32::from_ne_bytes(*index)).ok();
                let start = usize::try_from(i32::from_ne_bytes([*a, *b, *c, *d])).ok();
                let bytes = buffer.and_then(|index| buffers.get(index));
                let end = start.zip(len).map(|(start, len)| start + len);
                bytes.and_then(|bytes| within(bytes, start, end))
            }
        };
        found.ok_or(Broken::Outside)
    }
}
