//! How far one row of bytes is from another.

use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;

/// Cells of the table between two looks whether somebody has pressed Ctrl-C.
const CELLS: usize = 1 << 24;

/// Take the table of Wagner and Fischer (1974) on by the bytes of
/// `a`, and return its last cell.
///
/// `row` is the row that the first `done` bytes have led to.
fn edits(a: &[u8], b: &[u8], row: &mut [usize], done: usize) -> usize {
    let mut left = b.len();
    for (i, x) in (done..).zip(a) {
        let mut corner = i;
        left = i + 1;
        for (y, cell) in b.iter().zip(row.iter_mut()) {
            let up = *cell;
            let fewest = if x == y { corner } else { corner.min(up) + 1 };
            corner = up;
            left = fewest.min(left + 1);
            *cell = left;
        }
    }
    left
}

/// How many bytes to insert, delete or replace, at least, to make `b` of `a`.
///
/// Raises `MemoryError` where there is no room for a row of the table. Ctrl-C is heeded.
#[pyfunction]
pub fn distance(py: Python<'_>, a: &[u8], b: &[u8]) -> PyResult<usize> {
    let mut row = Vec::new();
    row.try_reserve_exact(b.len())
        .map_err(|_| PyMemoryError::new_err("no room for a row"))?;
    row.extend(1..=b.len());
    let (mut found, mut done) = (b.len(), 0);
    for some in a.chunks(CELLS / b.len().clamp(1, CELLS)) {
        found = py.detach(|| edits(some, b, &mut row, done));
        done += some.len();
        py.check_signals()?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::edits;

    fn at_once(a: &str, b: &str) -> usize {
        let mut row: Vec<usize> = (1..=b.len()).collect();
        edits(a.as_bytes(), b.as_bytes(), &mut row, 0)
    }

    #[test]
    fn the_edits_are_counted() {
        let cases = [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
        ];
        for (a, b, expected) in cases {
            assert_eq!(at_once(a, b), expected, "{a:?} {b:?}");
        }
    }

    #[test]
    fn pieces_lead_to_the_same_as_the_whole() {
        let (a, b) = ("a thousand stitches", "nine in time");
        for size in 1..a.len() {
            let mut row: Vec<usize> = (1..=b.len()).collect();
            let (mut found, mut done) = (b.len(), 0);
            for some in a.as_bytes().chunks(size) {
                found = edits(some, b.as_bytes(), &mut row, done);
                done += some.len();
            }
            assert_eq!(found, at_once(a, b), "{size}");
        }
    }
}
