//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the stub's signature has room for its error

use pyo3::pymodule;

/// Honest and dishonest measurements, finished.
#[pymodule(submodule)]
pub mod solutions {
    use std::iter::zip;

    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::{PyDict, PyList};

    use crate::arguments::positive;

    /// An opponent that was made weaker (3), work that differs (4), two yardsticks (6), and a size left
    /// unsaid (8). The other four lines are what one should do.
    ///
    /// # Hints
    ///
    /// 1. Ask of each line: would it look the same if Rust and Python changed places?
    /// 2. Three of the lies treat the two unequally, and one hides when the claim holds.
    ///
    /// # Misconceptions
    ///
    /// - `90`: a release build is what users get; to measure a debug build would be the mistake.
    /// - `92`: to load the text is no part of counting words, and neither side was charged for it.
    /// - `120`: a first call does work that later ones do not; one call before the clock is fair to both.
    /// - `216`: taking turns is right, since whatever else the machine does then hits both.
    /// - `88`: one is missing. At another size the claim may be false, and nobody can tell.
    /// - `280`: one is missing. The shortest of twenty is never longer than their mean.
    #[pyfunction]
    fn four_lies() -> PyResult<Vec<u32>> {
        Ok(vec![3, 4, 6, 8])
    }

    /// A dict of Python's counts objects of Python's: nothing is converted but the counts.
    ///
    /// # Hints
    ///
    /// 1. Which collection can hold a Python object as its key, and keeps the order of insertion?
    /// 2. `PyDict::new`, a `for` over the list, `get_item` (an `Option` in a `Result`), and `set_item`.
    ///
    /// # Misconceptions
    ///
    /// - `[False]`: the key is equal to the word, but another object: somewhere it is still converted.
    #[pyfunction]
    fn count_list<'py>(words: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyDict>> {
        let counts = PyDict::new(words.py());
        for word in words {
            let before = match counts.get_item(&word)? {
                Some(count) => count.extract::<usize>()?,
                None => 0,
            };
            counts.set_item(&word, before + 1)?;
        }
        Ok(counts)
    }

    /// The logarithm of "how many times as fast" is above zero where we are ahead, and changes along a
    /// straight line. So we look for the last size where it is not, and for its zero behind that.
    ///
    /// # Hints
    ///
    /// 1. `theirs.ln() - ours.ln()` is above zero where we are ahead. Which size is the last where it is not?
    /// 2. `iter().rposition(…)`; the lines cross at a share `gap / (gap - next)` of the way to the next size.
    ///
    /// # Misconceptions
    ///
    /// - `505.0`: the way from 10 to 1000 is to be gone on a logarithmic axis, not on a plain one.
    /// - `57.143`: the lines are straight where both axes are logarithmic, that of the times as well.
    /// - `1.0`: we were ahead there, but did not stay ahead: begin at the largest size.
    #[pyfunction]
    fn break_even(
        sizes: &Bound<'_, PyList>,
        ours: &Bound<'_, PyList>,
        theirs: &Bound<'_, PyList>,
    ) -> PyResult<Option<f64>> {
        let (sizes, ours, theirs) = (positive(sizes)?, positive(ours)?, positive(theirs)?);
        let count = sizes.len();
        if count == 0 || ours.len() != count || theirs.len() != count {
            let message =
                format!("{count} sizes need {count} times of each function, and at least 1");
            return Err(PyValueError::new_err(message));
        }
        if !sizes.is_sorted_by(|small, large| small < large) {
            return Err(PyValueError::new_err("sizes must ascend"));
        }
        let gaps: Vec<f64> = zip(&ours, &theirs)
            .map(|(ours, theirs)| theirs.ln() - ours.ln())
            .collect();
        let Some(behind) = gaps.iter().rposition(|gap| *gap <= 0.0) else {
            return Ok(Some(sizes[0]));
        };
        if behind + 1 == count {
            return Ok(None);
        }
        let share = gaps[behind] / (gaps[behind] - gaps[behind + 1]);
        let (from, to) = (sizes[behind].ln(), sizes[behind + 1].ln());
        Ok(Some((from + share * (to - from)).exp()))
    }
}
