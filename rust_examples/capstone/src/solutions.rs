//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::pymodule;

/// Memory and damage, finished.
#[pymodule(submodule)]
pub mod solutions {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;
    use std::io::{ErrorKind, Read};

    use flate2::read::MultiGzDecoder;
    use memchr::memchr_iter;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    /// Only what is new is kept: other paths. The same paths are there already, a line that is too long is
    /// let go of, and of compressed text only a window is held.
    ///
    /// # Hints
    ///
    /// 1. Ask of each: is there anything that must be remembered for the report?
    /// 2. Look at `Analyser::append` for the line of 50 MB, and at `Tally::add` for the others.
    ///
    /// # Misconceptions
    ///
    /// - `[True, True, True, True]`: counts are kept, not lines: where no path is new, nothing is added.
    /// - `[False, True, True, False]`: a line that is too long is let go of while it is read.
    /// - `[False, True, False, True]`: compressed text is unpacked piece by piece, and its paths are known.
    /// - `[True, True, False, False]`: ten times as many requests make larger counts, not more of them.
    #[pyfunction]
    fn what_grows() -> PyResult<Vec<bool>> {
        Ok(vec![false, true, false, false])
    }

    /// `read` gives what there is, piece by piece, and the error only when nothing is left before it. So
    /// every piece is counted as it comes, and the error ends the loop.
    ///
    /// # Hints
    ///
    /// 1. Who asks for everything at once gets everything or an error. Ask for a piece at a time.
    /// 2. Call `read(&mut buffer)` in a loop, and `match` its result: `Ok(0)`, `Ok(n)` and `Err(error)`.
    ///
    /// # Misconceptions
    ///
    /// - `EOFError`: the error is passed on; what came before it is lost.
    /// - `OSError`: the error is passed on; what came before it is lost.
    /// - `(0, False)`: what was read before the error counts.
    #[pyfunction]
    fn count_lines(data: &[u8]) -> PyResult<(usize, bool)> {
        if !data.starts_with(&[0x1f, 0x8b]) {
            return Err(PyValueError::new_err("this is not gzip"));
        }
        let mut decoder = MultiGzDecoder::new(data);
        let mut buffer = [0; 4096];
        let mut lines = 0;
        loop {
            match decoder.read(&mut buffer) {
                Ok(0) => return Ok((lines, true)),
                Ok(n) => lines += memchr_iter(b'\n', &buffer[..n]).count(),
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    return Ok((lines, false));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A heap gives its largest first; of `Reverse`d numbers, that is the smallest. Whenever the heap has one
    /// too many, the smallest goes.
    ///
    /// # Hints
    ///
    /// 1. Of all that you keep, only one is in question when another number comes: the smallest.
    /// 2. `BinaryHeap<Reverse<u64>>`: `push` each, and `pop` while there are more than `number`.
    ///
    /// # Misconceptions
    ///
    /// - `MemoryError`: `number` is what the caller would like at most; reserve nothing for it.
    /// - `PanicException`: `number` is what the caller would like at most; reserve nothing for it.
    #[pyfunction]
    fn largest(sizes: &Bound<'_, PyAny>, number: usize) -> PyResult<Vec<u64>> {
        let mut kept = BinaryHeap::new();
        for size in sizes.try_iter()? {
            kept.push(Reverse(size?.extract::<u64>()?));
            if kept.len() > number {
                kept.pop();
            }
        }
        let sorted = kept.into_sorted_vec();
        Ok(sorted.into_iter().map(|Reverse(size)| size).collect())
    }
}
