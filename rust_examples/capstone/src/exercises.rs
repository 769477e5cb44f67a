//! Exercises: what memory grows with, a file that breaks off, and the largest of many.
#![allow(unused_variables)]

use pyo3::pymodule;

/// Memory and damage, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use std::io::Read;

    use flate2::read::MultiGzDecoder;
    use memchr::memchr_iter;
    use pyo3::exceptions::{PyNotImplementedError, PyValueError};
    use pyo3::prelude::*;

    /// Predict: An analyser has read a log of 10,000 requests for 1,000 paths. Then it reads one of four
    /// more. After which does it hold at least half as much memory again?
    ///
    /// Return four answers in this order: `again`, ten times as many requests for the same paths; `others`,
    /// 10,000 requests for 1,000 other paths; `endless`, a single line of 50 MB; `packed`, the first log,
    /// compressed. The case lets an analyser read each, asks what it holds, and compares.
    ///
    /// >>> import gzip
    /// >>> from capstone import Analyser
    /// >>> line = '::1 - - [10/Oct/2000:13:55:36 -0700] "GET /{}/{} HTTP/1.1" 200 7\n'
    /// >>> def log(site, size):
    /// ...     lines = (line.format(site, number % 1000) for number in range(size))
    /// ...     return "".join(lines).encode()
    /// >>> def grows(second):
    /// ...     analyser, held = Analyser(), []
    /// ...     for text in (log("a", 10_000), second):
    /// ...         analyser.begin("a log")
    /// ...         analyser.feed(text)
    /// ...         held.append(analyser.held)
    /// ...     return held[1] > 1.5 * held[0]
    /// >>> logs = [log("a", 100_000), log("b", 10_000), b"x" * 50_000_000]
    /// >>> logs += [gzip.compress(log("a", 10_000))]
    /// >>> what_grows() == [grows(text) for text in logs]
    /// True
    #[pyfunction]
    fn what_grows() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("after which of the four?"))
    }

    /// Repair: How many whole lines a compressed file holds, and whether it is complete. Of a file that
    /// breaks off, the lines before that place are counted. So far, such a file is an error.
    ///
    /// A line is whole if its line break is there.
    ///
    /// >>> import gzip
    /// >>> lines = [b"request %d\n" % number for number in range(100_000)]
    /// >>> packed = gzip.compress(b"".join(lines))
    /// >>> count_lines(packed)
    /// (100000, True)
    /// >>> count_lines(packed + packed)
    /// (200000, True)
    /// >>> lines, complete = count_lines(packed[:len(packed) // 2])
    /// >>> complete
    /// False
    /// >>> 40_000 < lines < 60_000
    /// True
    /// >>> count_lines(packed[:-1])
    /// (100000, False)
    /// >>> count_lines(b"no gzip at all")
    /// Traceback (most recent call last):
    /// ValueError: this is not gzip
    #[pyfunction]
    fn count_lines(data: &[u8]) -> PyResult<(usize, bool)> {
        if !data.starts_with(&[0x1f, 0x8b]) {
            return Err(PyValueError::new_err("this is not gzip"));
        }
        let mut text = Vec::new();
        MultiGzDecoder::new(data).read_to_end(&mut text)?;
        Ok((memchr_iter(b'\n', &text).count(), true))
    }

    /// Build: The largest sizes of a stream, largest first, at most `number` of them. What is held in
    /// memory must grow with neither the length of the stream nor with `number` where the stream is short.
    ///
    /// >>> largest([3, 1, 4, 1, 5, 9, 2, 6], 3)
    /// [9, 6, 5]
    /// >>> largest([7, 7, 7], 2)
    /// [7, 7]
    /// >>> largest(iter([2, 1]), 2**60)
    /// [2, 1]
    /// >>> largest([1, 2], 0)
    /// []
    /// >>> sizes = [number * 7919 % 1_000_003 for number in range(300_000)]
    /// >>> largest(iter(sizes), 4) == sorted(sizes, reverse=True)[:4]
    /// True
    /// >>> largest([1, "2"], 1)
    /// Traceback (most recent call last):
    /// TypeError: 'str' object cannot be interpreted as an integer
    #[pyfunction]
    fn largest(sizes: &Bound<'_, PyAny>, number: usize) -> PyResult<Vec<u64>> {
        Err(PyNotImplementedError::new_err(
            "keep a few, and let go of the smallest",
        ))
    }
}
