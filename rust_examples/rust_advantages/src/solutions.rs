//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.
#![allow(clippy::needless_raw_string_hashes)] // there may be a " in a program
#![allow(clippy::doc_markdown)] // a reader may take NumPy for a name, not for code

use pyo3::pymodule;

/// The exercises, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::prelude::*;

    use crate::tools::{Tool, collected};

    /// Python's integers grow. All others here have 64 bits, and only who looks can say that they were too
    /// few. In Rust you choose where to look; in a release build, the plain `*` does not.
    ///
    /// # Hints
    ///
    /// 1. Two of the five were told apart on the page by a single word in the source.
    /// 2. Numba makes 64 bits of Python's integers, and it has no switch for overflow.
    ///
    /// # Misconceptions
    ///
    /// - `['exact', 'wraps', 'wraps', 'raises', 'raises']`: in a release build, Rust's plain `*` does not look.
    /// - `['exact', 'wraps', 'exact', 'wraps', 'raises']`: Numba compiles Python, but its integers have 64 bits.
    /// - `['exact', 'raises', 'wraps', 'wraps', 'raises']`: NumPy does not look at what it multiplies in arrays.
    #[pyfunction]
    fn overflows() -> PyResult<Vec<&'static str>> {
        let answers = vec!["exact", "wraps", "wraps", "wraps", "raises"];
        Ok(answers)
    }

    /// Numba needs no build, Cython takes Python as it is, and what exists in C++ is bound best by C++. Rust
    /// is for what is new, and must not be broken by its input or its threads.
    ///
    /// # Hints
    ///
    /// 1. Ask of each brief what is there already: a compiler, a language, a build.
    /// 2. Begin with the second. Who would translate 300,000 lines in order to call them?
    ///
    /// # Misconceptions
    ///
    /// - `'674ae5e3'`: that needs a compiler where there is none.
    /// - `'3c847961'`: that needs a build, for a loop in a notebook.
    /// - `'802168c0'`: that needs a compiler where there is none.
    /// - `'334cf5c6'`: that would mean to write 300,000 lines anew.
    /// - `'75b72938'`: it can, but it has to be told all classes once more; nanobind speaks their language.
    /// - `'f1d3b614'`: nothing is to be rewritten, and nobody there knows Rust.
    /// - `'ff6ba48e'`: that is for loops over arrays and numbers, and would come along to every user.
    /// - `'00db443e'`: who looks after the threads, and after the addresses?
    /// - `'c4cb4209'`: who looks after the threads, and after bad indices?
    /// - `'f500a6c3'`: parsing text is not what it is made for, and its users would install a compiler.
    #[pyfunction]
    fn tools() -> PyResult<Vec<&'static str>> {
        let answers = vec!["Numba", "C++", "Cython", "Rust"];
        Ok(answers)
    }

    /// It is built once, however often it is called. With few calls building is all that counts, with many it
    /// counts for nothing.
    ///
    /// # Hints
    ///
    /// 1. What does `ranked` take a build to cost, if it multiplies it by 0?
    /// 2. One build: `1.0`.
    ///
    /// # Misconceptions
    ///
    /// - `['Rust', 'Cython', 'Numba', 'C', 'Python']`: that is the order of the calls alone.
    #[pyfunction]
    fn ranked(#[pyo3(from_py_with = collected)] mut tools: Vec<Tool>, calls: u32) -> Vec<String> {
        let builds = 1.0;
        let wait = |tool: &Tool| builds * tool.build + f64::from(calls) * tool.call;
        tools.sort_by(|one, other| wait(one).total_cmp(&wait(other)));
        tools.into_iter().map(|tool| tool.name).collect()
    }

    /// What nobody shares, nobody can spoil: a table for each thread, and a sum when all have ended. A lock
    /// would not do here, for whoever holds it would keep the others from counting meanwhile.
    ///
    /// # Hints
    ///
    /// 1. When is a table safe, though two threads count at the same time?
    /// 2. A table for each text, a `threading.Thread` for each of these, `join`, and then `zip(*tables)`.
    ///
    /// # Misconceptions
    ///
    /// - `{'i': 4, 'm': 1, 'p': 2, 's': 4}`: both threads had the same table, and one overwrote the other.
    /// - `{}`: the threads must run at the same time; start all of them before you `join` the first.
    /// - `BrokenBarrierError`: the calls must run at the same time, each in a thread of its own.
    /// - `TypeError`: the program has no function of the name `count_all` with these two parameters.
    /// - `IndentationError`: the program begins at the left margin, below the first mark.
    #[pyfunction]
    fn no_letter_lost() -> PyResult<&'static str> {
        let python = r#"
from threading import Thread

def count_all(count, texts):
    tables = [[0] * 256 for _ in texts]
    threads = [Thread(target=count, args=pair) for pair in zip(texts, tables)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [sum(numbers) for numbers in zip(*tables)]
"#;
        Ok(python)
    }
}
