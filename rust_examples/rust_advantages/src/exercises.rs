//! Exercises: an overflow five times, four briefs, what building costs, and no letter lost.
#![allow(unused_variables)]
#![allow(clippy::doc_markdown)] // a reader may take NumPy for a name, not for code
#![allow(clippy::doc_link_with_quotes)] // lists in the cases
#![allow(clippy::needless_raw_string_hashes)] // there may be a " in a program

use pyo3::pymodule;

/// For you to finish. No Rust is needed: change what the comments mark.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    use crate::tools::{Tool, collected};

    /// Predict: Five times 4,000,000,000 is multiplied by itself, and the result needs more than 64 bits. In
    /// order: by Python; by NumPy, on arrays of 64-bit integers; by Numba, on Python's integers; by the `*`
    /// of a Rust release build; by Rust's `checked_mul`. What happens? Put five words between the brackets,
    /// each of them `"exact"`, `"wraps"` or `"raises"`.
    ///
    /// The cases multiply.
    ///
    /// >>> import numpy, numba, rust_advantages
    /// >>> def outcome(multiply):
    /// ...     try:
    /// ...         found = int(multiply(4_000_000_000))
    /// ...     except OverflowError:
    /// ...         return "raises"
    /// ...     return "exact" if found == 4_000_000_000**2 else "wraps"
    /// >>> by_python = outcome(lambda n: n * n)
    /// >>> by_numpy = outcome(lambda n: (numpy.array([n]) * numpy.array([n]))[0])
    /// >>> by_numba = outcome(numba.njit(lambda n: n * n))
    /// >>> by_star = outcome(lambda n: rust_advantages.careless_product(n, n))
    /// >>> by_checked_mul = outcome(lambda n: rust_advantages.product(n, n))
    /// >>> overflows() == [by_python, by_numpy, by_numba, by_star, by_checked_mul]
    /// True
    #[pyfunction]
    fn overflows() -> PyResult<Vec<&'static str>> {
        let answers = vec![]; // <- between the brackets
        if answers.is_empty() {
            return Err(PyNotImplementedError::new_err("what happens five times?"));
        }
        Ok(answers)
    }

    /// Predict: Four briefs, four tools, each of them once: `"C++"`, `"Cython"`, `"Numba"` and `"Rust"`.
    /// Which would you take for which? Put them between the brackets, in the order of the briefs.
    ///
    /// 1. A notebook with one slow loop over NumPy arrays. Whoever runs it has Python, but no compiler.
    /// 2. An engine that has been 300,000 lines of classes and templates for twenty years wants to be
    ///    called from Python, as it is.
    /// 3. A package has 5,000 lines of Python. Its authors know Python and some C, have a working build, and
    ///    want to make function after function faster without rewriting any.
    /// 4. A new parser for files that strangers send, called from many threads at once, and published as
    ///    wheels.
    ///
    /// The cases compare with digests, so that they tell nothing.
    ///
    /// >>> from hashlib import sha256
    /// >>> def sealed(brief):
    /// ...     tool = f"brief {brief}: {tools()[brief - 1]}"
    /// ...     return sha256(tool.encode()).hexdigest()[:8]
    /// >>> len(tools())
    /// 4
    /// >>> sealed(1)
    /// '447c37f0'
    /// >>> sealed(2)
    /// 'b44b900e'
    /// >>> sealed(3)
    /// '9e1ceb9b'
    /// >>> sealed(4)
    /// '704af42f'
    #[pyfunction]
    fn tools() -> PyResult<Vec<&'static str>> {
        let answers = vec![]; // <- between the brackets
        if answers.is_empty() {
            return Err(PyNotImplementedError::new_err("what for which brief?"));
        }
        Ok(answers)
    }

    /// Repair: Who builds a tool once and then calls it so many times waits for both. `ranked` puts the tools
    /// in order, the shortest wait first, but it forgets what building costs. Change the marked number.
    /// First guess the order for a thousand calls.
    ///
    /// >>> measured = [
    /// ...     {"name": "Python", "build": 0.0, "call": 0.25},
    /// ...     {"name": "C", "build": 1.1, "call": 0.0009},
    /// ...     {"name": "Cython", "build": 2.0, "call": 0.0008},
    /// ...     {"name": "Numba", "build": 1.7, "call": 0.00085},
    /// ...     {"name": "Rust", "build": 0.5, "call": 0.0007},
    /// ... ]
    /// >>> ranked(measured, 10**9)
    /// ['Rust', 'Cython', 'Numba', 'C', 'Python']
    /// >>> ranked(measured, 1)
    /// ['Python', 'Rust', 'C', 'Numba', 'Cython']
    /// >>> ranked(measured, 1_000)
    /// ['Rust', 'C', 'Numba', 'Cython', 'Python']
    /// >>> ranked([], 1)
    /// []
    #[pyfunction]
    fn ranked(#[pyo3(from_py_with = collected)] mut tools: Vec<Tool>, calls: u32) -> Vec<String> {
        let builds = 0.0; // <- how many times is a tool built?
        let wait = |tool: &Tool| builds * tool.build + f64::from(calls) * tool.call;
        tools.sort_by(|one, other| wait(one).total_cmp(&wait(other)));
        tools.into_iter().map(|tool| tool.name).collect()
    }

    /// Build: Cure a data race, in Python. A careless `count(text, table)` adds the letters of a text to a
    /// table of 256 numbers; where two threads share a table, letters are lost. You cannot change it. Write
    ///
    /// ```python
    /// def count_all(count, texts):
    ///     ...
    /// ```
    ///
    /// which calls it once for each text, each time in a thread of its own, all at once, and returns one list
    /// of 256 numbers in which nothing is lost. Your program goes between the marks `r#"` and `"#`. In the
    /// cases, nobody writes before everybody has read.
    ///
    /// >>> from threading import Barrier
    /// >>> def outcome(*texts):
    /// ...     program, everybody = {}, Barrier(len(texts), timeout=2)
    /// ...     def count(text, table):
    /// ...         found = [old + text.count(letter) for letter, old in enumerate(table)]
    /// ...         everybody.wait()
    /// ...         table[:] = found
    /// ...     exec(no_letter_lost(), program)
    /// ...     table = program.get("count_all")(count, texts)
    /// ...     pairs = enumerate(table)
    /// ...     return {chr(letter): number for letter, number in pairs if number}
    /// >>> outcome(b"mississippi")
    /// {'i': 4, 'm': 1, 'p': 2, 's': 4}
    /// >>> outcome(b"mississippi", b"mississippi")
    /// {'i': 8, 'm': 2, 'p': 4, 's': 8}
    /// >>> outcome(b"a", b"b", b"ab", b"")
    /// {'a': 2, 'b': 2}
    #[pyfunction]
    fn no_letter_lost() -> PyResult<&'static str> {
        let python = r#"
"#; // <- your program, between the marks
        if python.trim().is_empty() {
            return Err(PyNotImplementedError::new_err("cure it first"));
        }
        Ok(python)
    }
}
