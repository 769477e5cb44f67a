//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::pymodule;

/// The exercises, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyOverflowError;
    use pyo3::prelude::*;

    use crate::column::{Column, Rows};
    use crate::columns::Numbers;

    /// The first waits for its database, so there is nothing to gain. The second is what data frames are for.
    /// The third is one long call with all its work inside. The fourth consists of calls, and Rust makes a
    /// call no cheaper: only a loop that never leaves Rust has none.
    ///
    /// # Hints
    ///
    /// 1. Ask of each case: how long is one call, and how many are there?
    /// 2. One of the four spends nearly all its time elsewhere, and one has been written by others.
    ///
    /// # Misconceptions
    ///
    /// - `'07927f96'`: there is nothing to make faster: the request waits for its database.
    /// - `'d13f4c92'`: two microseconds of twenty milliseconds: nobody would notice.
    /// - `'c4df1690'`: two microseconds of twenty milliseconds: nobody would notice.
    /// - `'bf1c5930'`: every night, and there are libraries that do just this.
    /// - `'3fe67ba8'`: others have written it, with all cores and with tests.
    /// - `'e91d4d2c'`: others have written it, with all cores and with tests.
    /// - `'d032f264'`: four minutes of pure Python, in one call: where would Rust help, if not here?
    /// - `'5d9dd5d8'`: the format is your own, so no library knows it.
    /// - `'7b9ccda7'`: there is a loop, but within the function: one call does it all.
    /// - `'3870c36f'`: a hundred million calls take long enough to be waited for.
    /// - `'a691d3c6'`: each step needs the last one, so there is no column to work on.
    /// - `'d1fb5aa5'`: a hundred million calls stay a hundred million calls, and each costs what a call costs.
    #[pyfunction]
    fn verdicts() -> PyResult<Vec<&'static str>> {
        let answers = vec!["leave", "library", "function", "loop"];
        Ok(answers)
    }

    /// What an element saves is what Python needs for it, less what Rust needs, less what its way costs. Where
    /// nothing is saved, no number of elements makes up for the call.
    ///
    /// # Hints
    ///
    /// 1. What does each element cost on its way to Rust, however fast Rust is?
    /// 2. `python - rust - convert`, and `(saved > 0.0).then(|| …)`.
    ///
    /// # Misconceptions
    ///
    /// - `6`: that is the answer where the way costs nothing.
    /// - `False`: where nothing is saved with an element, more of them save no more.
    /// - `20`: with so many elements both take as long: ahead is one more.
    #[pyfunction]
    fn ahead_from(call: f64, convert: f64, python: f64, rust: f64) -> Option<u64> {
        let saved = python - rust - convert;
        (saved > 0.0).then(|| whole_number_above(call / saved))
    }

    /// Only the share that is spent in the function gets faster. This is Amdahl's law, and the best argument
    /// against most rewrites.
    ///
    /// # Hints
    ///
    /// 1. Which of the four parameters is not in the marked line, nor in the next?
    /// 2. `seconds * share * (…)`.
    ///
    /// # Misconceptions
    ///
    /// - `8.0`: what is twice as fast still takes half of its time.
    /// - `16.0`: half of the time is spent elsewhere, and no Rust makes that shorter.
    /// - `1455`: four fifths of the time are spent elsewhere, and no Rust makes that shorter.
    /// - `False`: a function that takes no time saves none.
    #[pyfunction]
    fn payback(seconds: f64, share: f64, faster: f64, work: f64) -> Option<f64> {
        let saved = seconds * share * (1.0 - 1.0 / faster);
        (saved > 0.0).then(|| work * 8.0 * 3600.0 / saved)
    }

    /// Two `Option`s that must both be there are a `zip`; what lies between them is checked, since the
    /// difference of two numbers of 64 bits may need 65.
    ///
    /// # Hints
    ///
    /// 1. Keep the number before in a variable that is an `Option` itself, and begin with `None`.
    /// 2. `before.zip(number)`, `checked_sub`, and `transpose` on the `Option` of a `Result`.
    ///
    /// # Misconceptions
    ///
    /// - `[3, 7, -2]`: the first number has none before it.
    /// - `[None, None, 5, 1, None]`: behind a gap nobody knows how far it rose: the rise is null.
    /// - `[None, None, 8, 1, None]`: a null is not a zero.
    /// - `[None, -1]`: it wrapped around; Python would raise.
    /// - `panicked`: a plain `-` panics here in a debug build, and wraps in a release build: check it.
    #[pyfunction]
    fn rises(numbers: Numbers) -> PyResult<Column> {
        let mut found = Rows::with_room_for(numbers.len())?;
        let mut before = None;
        for number in numbers.iter() {
            let rise = before.zip(number).map(|(before, number): (i64, i64)| {
                let rise = number.checked_sub(before);
                rise.ok_or_else(|| PyOverflowError::new_err("a rise does not fit in 64 bits"))
            });
            found.push(rise.transpose()?);
            before = number;
        }
        Ok(found.into())
    }

    /// The least whole number above `bound`, or 0 where that is below.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` stops at the ends of u64
    fn whole_number_above(bound: f64) -> u64 {
        (bound.floor() + 1.0) as u64
    }
}
