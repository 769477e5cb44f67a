//! Exercises: what compiles, a line that has no size, and a setting. Nothing here is solved.
#![allow(unused_variables, clippy::unnecessary_wraps)]

use pyo3::prelude::*;

/// Small things of Rust, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    /// Predict: Which of the six lines in the cases compile?
    ///
    /// Return six answers, `Ok(vec![true, …])` where the first one does. Each line stands by itself in a
    /// `fn main`, and a warning is no error. The cases really compile them, and compare.
    ///
    /// >>> from workbook.cell_crates import compiled, read
    /// >>> def compiles(line):
    /// ...     return compiled(read("fn main() { " + line + " }")).product is not None
    /// >>> answers = which_compile()
    /// >>> answers[0] == compiles('let total = 0; total += 257;')
    /// True
    /// >>> answers[1] == compiles('let size = 257; let size = "257 bytes";')
    /// True
    /// >>> answers[2] == compiles('let size: u64 = 257; let half: f64 = size / 2.0;')
    /// True
    /// >>> answers[3] == compiles('let kind = if 257 > 100 { "large" } else { "small" };')
    /// True
    /// >>> answers[4] == compiles('let last = vec![99, 257].pop(); let next = last + 1;')
    /// True
    /// >>> answers[5] == compiles('"257 bytes".parse::<u64>();')
    /// True
    #[pyfunction]
    fn which_compile() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which lines compile?"))
    }

    /// Repair: The size at the end of a line of a RECORD.
    ///
    /// Both calls of `unwrap` are claims that do not hold: a line may have no size, and then the answer is
    /// `None`; and it may be no line at all, and then it is a `ValueError`, where the text is no number
    /// with what Rust says about it.
    ///
    /// >>> size_of("rpds/__init__.py,sha256=w3Mg,99")
    /// 99
    /// >>> size_of("rpds/py.typed,sha256=47DE,0")
    /// 0
    /// >>> size_of("RECORD,,") is None
    /// True
    /// >>> size_of("rpds/__init__.py,sha256=w3Mg,99z")
    /// Traceback (most recent call last):
    /// ValueError: invalid digit found in string
    /// >>> size_of("rpds/__init__.py")
    /// Traceback (most recent call last):
    /// ValueError: there is no comma
    #[pyfunction]
    fn size_of(line: &str) -> PyResult<Option<u64>> {
        let (_, size) = line.rsplit_once(',').unwrap();
        Ok(Some(size.parse().unwrap()))
    }

    /// Build: Read a setting such as `retries = 5`: a name, and an integer that fits in 64 bits.
    ///
    /// Blanks around either do not count. A line without an equals sign, or without a name, is a
    /// `ValueError` with the message that the cases show; of a number that is none, Rust knows what to say.
    ///
    /// >>> parse_pair("a=1")
    /// ('a', 1)
    /// >>> parse_pair(" retries =  -5 ")
    /// ('retries', -5)
    /// >>> parse_pair("retries 5")
    /// Traceback (most recent call last):
    /// ValueError: no = in "retries 5"
    /// >>> parse_pair(" = 5")
    /// Traceback (most recent call last):
    /// ValueError: no name in " = 5"
    /// >>> parse_pair("a=b=1")
    /// Traceback (most recent call last):
    /// ValueError: invalid digit found in string
    /// >>> parse_pair("a=9223372036854775808")
    /// Traceback (most recent call last):
    /// ValueError: number too large to fit in target type
    #[pyfunction]
    fn parse_pair(line: &str) -> PyResult<(String, i64)> {
        Err(PyNotImplementedError::new_err("split at the first ="))
    }
}
