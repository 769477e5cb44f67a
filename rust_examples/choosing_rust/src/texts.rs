//! Texts, in the three layouts that Arrow has for them.

use crate::chunks::{Broken, Checked};
use crate::formats::Layout;
use crate::interface::Array;

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
        // SAFETY: all were required above. There is one offset more than rows, and the
        // last is the length of the text; there is a view for each row, and the last
        // buffer has the lengths of those before.
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

/// How long a text is, and up to 12 bytes itself, or else its beginning,
/// its buffer and its place there.
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
