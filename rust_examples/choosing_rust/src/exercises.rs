//! Exercises: four cases, a flawed break-even, a case against Rust, and a column that keeps its nulls.
#![allow(unused_imports, unused_variables)]
#![allow(clippy::unnecessary_wraps)] // the signatures are those of the solutions
#![allow(clippy::doc_link_with_quotes)] // lists in the cases

use pyo3::pymodule;

/// For you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    use crate::column::{Column, Rows};
    use crate::columns::Numbers;

    /// Predict: Four cases, and four things to do, each of them once: `"leave"` it in Python; take a
    /// `"library"`; write the `"function"` in Rust; write its `"loop"` in Rust as well. Put them between the
    /// brackets, in the order of the cases.
    ///
    /// 1. Each request to a web service has one address tidied up, which takes 2 µs. The request itself waits
    ///    20 ms for a database.
    /// 2. A report groups ten million rows by customer, in a `for` over two lists, every night.
    /// 3. One call decodes a file of 300 MB in a format of your own, byte by byte, and takes four minutes.
    /// 4. A simulation has a step that takes 150 ns in Python. A `for` calls it a hundred million times, with
    ///    what the last call returned.
    ///
    /// The cases compare with digests, so that they tell nothing.
    ///
    /// >>> from hashlib import sha256
    /// >>> def sealed(case):
    /// ...     verdict = f"case {case}: {verdicts()[case - 1]}"
    /// ...     return sha256(verdict.encode()).hexdigest()[:8]
    /// >>> sorted(verdicts())
    /// ['function', 'leave', 'library', 'loop']
    /// >>> sealed(1)
    /// '5ef723c5'
    /// >>> sealed(2)
    /// '81a9d293'
    /// >>> sealed(3)
    /// '51d5374a'
    /// >>> sealed(4)
    /// '81009817'
    #[pyfunction]
    fn verdicts() -> PyResult<Vec<&'static str>> {
        let answers = vec![]; // <- between the brackets
        if answers.is_empty() {
            return Err(PyNotImplementedError::new_err("what would you do?"));
        }
        Ok(answers)
    }

    /// Repair: From how many elements on is Rust ahead? A call costs `call`; of each element, `python` is what
    /// Python needs, `rust` what Rust needs, and `convert` what its way to Rust costs, all in nanoseconds.
    /// Below is what people reckon with. It forgets something, and so it promises too much; and where Rust is
    /// never ahead, it does not say so. Return the least whole number, or nothing where there is none.
    ///
    /// >>> ahead_from(call=100.0, convert=0.0, python=30.0, rust=10.0)
    /// 6
    /// >>> ahead_from(call=100.0, convert=15.0, python=30.0, rust=10.0)
    /// 21
    /// >>> ahead_from(call=100.0, convert=20.0, python=30.0, rust=10.0) is None
    /// True
    /// >>> ahead_from(call=100.0, convert=20.0, python=8.0, rust=1.0) is None
    /// True
    #[pyfunction]
    fn ahead_from(call: f64, convert: f64, python: f64, rust: f64) -> Option<u64> {
        let saved = python - rust;
        Some(whole_number_above(call / saved))
    }

    /// Repair: Argue against Rust for your own project. `payback` says after how many days of use the time
    /// saved equals the time that the rewrite took, at eight hours a day; nothing where no time is saved.
    /// A program runs `seconds` a day. A `share` of that, from 0 to 1, is spent in the function that Rust
    /// would make `faster` so many times, and `work` days are needed for it. The marked line forgets
    /// one of these, and so argues for Rust. Mend it. Then measure your own program, and call it with that.
    ///
    /// >>> payback(seconds=3600.0, share=1.0, faster=2.0, work=1.0)
    /// 16.0
    /// >>> payback(seconds=3600.0, share=0.5, faster=2.0, work=1.0)
    /// 32.0
    /// >>> round(payback(seconds=60.0, share=0.2, faster=100.0, work=3.0))
    /// 7273
    /// >>> payback(seconds=3600.0, share=0.9, faster=0.9, work=1.0) is None
    /// True
    /// >>> payback(seconds=3600.0, share=0.0, faster=50.0, work=1.0) is None
    /// True
    #[pyfunction]
    fn payback(seconds: f64, share: f64, faster: f64, work: f64) -> Option<f64> {
        let saved = seconds * (1.0 - 1.0 / faster); // <- this line
        (saved > 0.0).then(|| work * 8.0 * 3600.0 / saved)
    }

    /// Build: By how much each number is above the one before it, as a new column. Where a number or the one
    /// before it is null, the rise is null; so is the first. Raise `OverflowError` where a rise does not fit.
    ///
    /// `numbers.iter()` yields an `Option<i64>` for each row, `Rows::with_room_for` makes an empty column,
    /// and `push` adds a row to it.
    ///
    /// >>> import polars as pl
    /// >>> def outcome(numbers):
    /// ...     return pl.Series(rises(pl.Series(numbers, dtype=pl.Int64))).to_list()
    /// >>> outcome([3, 10, 8])
    /// [None, 7, -2]
    /// >>> outcome([3, None, 8, 9, None])
    /// [None, None, None, 1, None]
    /// >>> outcome([])
    /// []
    /// >>> pieces = pl.concat([pl.Series([1, 2]), pl.Series([10])], rechunk=False)
    /// >>> pl.Series(rises(pieces)).to_list()
    /// [None, 1, 8]
    /// >>> outcome([-(2**63), 2**63 - 1])
    /// Traceback (most recent call last):
    /// OverflowError: a rise does not fit in 64 bits
    #[pyfunction]
    fn rises(numbers: Numbers) -> PyResult<Column> {
        Err(PyNotImplementedError::new_err("how far did it rise?"))
    }

    /// The least whole number above `bound`, or 0 where that is below.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` stops at the ends of u64
    fn whole_number_above(bound: f64) -> u64 {
        (bound.floor() + 1.0) as u64
    }
}
