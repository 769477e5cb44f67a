//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.
#![allow(clippy::needless_raw_string_hashes)] // there may be a " in a program
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

use pyo3::pymodule;

/// The exercises, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::prelude::*;

    use crate::profile::{Line, collected};

    /// `sum`, `re` and reading do all their work in C or in the system, in one call. The loop is run by the
    /// interpreter, round by round. And `sorted` is C, but it calls a `lambda` for each name, and that is
    /// Python again.
    ///
    /// # Hints
    ///
    /// 1. Look for what is written in Python and happens ten thousand times.
    /// 2. Two of the five do: one in a `for`, and one where no `for` is to be seen.
    ///
    /// # Misconceptions
    ///
    /// - `[False, False, False, False, True]`: `sorted` is written in C, but who is called for each name?
    /// - `[True, False, False, False, True]`: `sum` adds in C; a `lambda` is Python, wherever it is called.
    /// - `[True, True, True, True, True]`: a single call of something written in C keeps no interpreter busy.
    /// - `[False, True, True, False, True]`: `re` does its searching in C, however long the text.
    /// - `[False, True, False, True, True]`: whoever reads a file waits for the system, in any language.
    #[pyfunction]
    fn who_would_gain() -> PyResult<Vec<bool>> {
        let answers = vec![false, true, false, false, true];
        Ok(answers)
    }

    /// A line that is run often may be cheap. What can be saved is time, so time is what counts.
    ///
    /// # Hints
    ///
    /// 1. What would you rather save: forty thousand runs, or a tenth of a second?
    /// 2. Of the three things that a line has, one is a time.
    ///
    /// # Misconceptions
    ///
    /// - `7`: it is run most often, but all its runs together take a thirtieth of what line 8 takes.
    /// - `9`: that is the last line, not the one that takes most time.
    #[pyfunction]
    fn hot_line(#[pyo3(from_py_with = collected)] lines: Vec<Line>) -> Option<u64> {
        let hottest = lines.iter().max_by_key(|line| {
            line.microseconds // <- this word
        });
        hottest.map(|line| line.number)
    }

    /// Two names are at least as far apart as their lengths. So we begin with names as long as the query,
    /// and stop where the lengths alone differ by more than the worst of the best so far.
    ///
    /// # Hints
    ///
    /// 1. How far apart are two names at least, whose lengths differ by five?
    /// 2. `sorted` by the difference of lengths, a list of the best so far, and `break`.
    ///
    /// # Misconceptions
    ///
    /// - `TypeError`: the program has no function of the name `closest` with these four parameters.
    /// - `IndentationError`: the program begins at the left margin, below the first mark.
    #[pyfunction]
    fn quicker_twin() -> PyResult<&'static str> {
        let python = r#"
def closest(query, names, limit, distance):
    def apart(name):
        return abs(len(name) - len(query))

    best = []
    for name in sorted(names, key=apart):
        if len(best) == limit and apart(name) > best[-1][0]:
            break
        best = sorted([*best, (distance(query, name), name)])[:limit]
    return best
"#;
        Ok(python)
    }
}
