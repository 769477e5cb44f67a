//! Exercises: the lies of a benchmark, a conversion too many, and a break-even.
#![allow(unused_variables, unused_imports)]
#![allow(clippy::doc_link_with_quotes)] // the cases hold lists of Python's

use pyo3::pymodule;

/// Honest and dishonest measurements, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use std::collections::HashMap;

    use pyo3::exceptions::{PyNotImplementedError, PyValueError};
    use pyo3::prelude::*;
    use pyo3::types::{IntoPyDict, PyDict, PyList};

    use crate::arguments::positive;

    /// Predict: "Our Rust counts words 20 times as fast as Python!" Here is how that was measured. Four of
    /// these lines make the claim a lie. Which?
    ///
    /// 1. The crate was built with `maturin develop --release`.
    /// 2. The text was in memory before the clock started.
    /// 3. Python's part was a loop over `text.split()` with a dict, because `Counter` is partly written in C.
    /// 4. Python returned all counts. Rust returned how many different words there are.
    /// 5. Both functions were called once before the clock started.
    /// 6. Rust's time was the shortest of twenty, Python's the mean of twenty.
    /// 7. The two took turns, in one process.
    /// 8. There was one text, of ten million words. The claim does not mention it.
    ///
    /// Return the four numbers, `Ok(vec![…])`, in any order. The case adds up powers of two, so that one sum
    /// belongs to one choice of lines.
    ///
    /// >>> sum(2**line for line in set(four_lies()))
    /// 344
    #[pyfunction]
    fn four_lies() -> PyResult<Vec<u32>> {
        Err(PyNotImplementedError::new_err("which four lines?"))
    }

    /// Repair: Count the words of a list, as `Counter` would. This function converts them all: into Rust's
    /// texts on the way in, and into new texts of Python's on the way out. So the keys are strangers, and
    /// their order is lost. Leave out the conversion: the dict can hold the very words of the list.
    ///
    /// >>> count_list(["to", "be", "or", "not", "to", "be"])
    /// {'to': 2, 'be': 2, 'or': 1, 'not': 1}
    /// >>> count_list([])
    /// {}
    /// >>> words = ["".join(["wo", "rd"])]
    /// >>> [word is words[0] for word in count_list(words)]
    /// [True]
    /// >>> count_list(["half a pair: \ud83e"]) == {"half a pair: \ud83e": 1}
    /// True
    #[pyfunction]
    fn count_list<'py>(words: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyDict>> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for word in words.extract::<Vec<String>>()? {
            *counts.entry(word).or_default() += 1;
        }
        counts.into_py_dict(words.py())
    }

    /// Build: The size from which our function is ahead, and stays ahead up to the largest size measured.
    ///
    /// `sizes` ascend, and at each of them our function took so many seconds and theirs so many. Between two
    /// sizes, lines are straight on logarithmic axes. Where we are ahead everywhere, return the smallest
    /// size; where we are not ahead at the largest, return nothing. A tie is not ahead. The lists are as
    /// long as each other, and not empty. `positive` makes numbers of a list, and refuses what is not above
    /// zero.
    ///
    /// >>> round(break_even([10, 1000], [2.0, 20.0], [1.0, 40.0]), 3)
    /// 100.0
    /// >>> theirs, ours = [4.0, 8.0, 8.0, 8.0], [5.0, 5.0, 4.0, 16.0]
    /// >>> round(break_even([1, 10, 100, 1000], theirs, ours), 3)
    /// 316.228
    /// >>> break_even([10, 1000], [1.0, 1.0], [2.0, 2.0])
    /// 10.0
    /// >>> break_even([10, 1000], [1.0, 2.0], [2.0, 2.0]) is None
    /// True
    /// >>> break_even([10, 1000], [1.0], [2.0, 2.0])
    /// Traceback (most recent call last):
    /// ValueError: 2 sizes need 2 times of each function, and at least 1
    /// >>> break_even([1000, 10], [1.0, 2.0], [2.0, 2.0])
    /// Traceback (most recent call last):
    /// ValueError: sizes must ascend
    #[pyfunction]
    fn break_even(
        sizes: &Bound<'_, PyList>,
        ours: &Bound<'_, PyList>,
        theirs: &Bound<'_, PyList>,
    ) -> PyResult<Option<f64>> {
        Err(PyNotImplementedError::new_err("where do the lines cross?"))
    }
}
