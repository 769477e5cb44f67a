//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::pymodule;

/// The exercises, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::prelude::*;

    /// Only what touches memory that nobody owns is sure to be seen by the system. A leak and a look at
    /// a neighbour are no error to anybody; and what is written behind a block is found out by an
    /// allocator that looks, and then only when the block is freed.
    ///
    /// # Hints
    ///
    /// 1. Which of them touches memory that does not belong to the process at all?
    /// 2. The debug allocator finds what was *written* beside a block. It is not told of what is read.
    ///
    /// # Misconceptions
    ///
    /// - `'cbba'`: byte 17 belongs to the process all right, and so the processor has no objection.
    /// - `'cbdb'`: the key stands in the same record, in memory that the process may read.
    /// - `'bbda'`: who takes a reference too many frees nothing too early; nothing is freed at all.
    #[pyfunction]
    fn four_ends() -> PyResult<&'static str> {
        let letters = "cbda";
        Ok(letters)
    }

    /// `PyTuple_SetItem` steals: the number belongs to the tuple from there on, and giving it back would
    /// be once too often. `PyDict_SetItem` does not, so our own reference to the pair is still ours. The
    /// table belongs to the caller.
    ///
    /// # Hints
    ///
    /// 1. For each object: how many references does the function own when it comes to the `return`?
    /// 2. Python's manual says of one of the two `SetItem` that it "steals".
    ///
    /// # Misconceptions
    ///
    /// - `-1`: somebody else has got this reference by now, and will give it back: the tuple, or the caller.
    /// - `1`: a dictionary takes a reference of its own, so ours is left over.
    /// - `KeyError`: the list holds names of what the function makes: `number`, `pair` and `table`.
    #[pyfunction]
    fn given_back() -> Vec<&'static str> {
        vec!["pair"]
    }

    /// The first key begins where the word ends. In the second record C leaves two bytes free, so that
    /// `visits` can stand at 12, and the key follows at 16. And an index below zero reaches what stands
    /// before: the third key begins six bytes, two free ones and four of `visits` ahead of the word.
    ///
    /// # Hints
    ///
    /// 1. Count bytes from the beginning of `word`; to the left, count down.
    /// 2. `Apart.key.offset` tells where a field begins, and so does `Apart.word.offset`.
    ///
    /// # Misconceptions
    ///
    /// - ``b'\x00\x00k-93'``: that is 10 + 4; C has left two bytes free in between.
    /// - ``b'k-93f1\x00'``: one byte too many was read.
    /// - `IndexError`: there are three records, so there are three indexes.
    #[pyfunction]
    fn exposing() -> PyResult<Vec<isize>> {
        let indexes = vec![16, 16, -12];
        Ok(indexes)
    }
}
