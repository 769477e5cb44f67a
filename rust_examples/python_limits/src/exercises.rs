//! Exercises: who would gain, the hot line, and a quicker twin.
#![allow(unused_variables)]
#![allow(clippy::needless_raw_string_hashes)] // there may be a " in a program
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

use pyo3::pymodule;

/// For you to finish. No Rust is needed: change what the comments mark.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;

    use crate::profile::{Line, collected};

    /// Predict: Five jobs, each of them done by Python on some ten thousand things. Which of them keeps
    /// the interpreter busy, so that Rust would help? Put five answers between the brackets, such as
    /// `[true, true, false, …]`, in the order of `jobs`.
    ///
    /// The case runs all five and counts the interpreter's instructions.
    ///
    /// >>> import re, sys
    /// >>> numbers = list(range(10_000))
    /// >>> names = [f"name_{number * 7919 % 10_000}" for number in numbers]
    /// >>> def total():
    /// ...     return sum(numbers)
    /// >>> def by_last_digit():
    /// ...     return sorted(names, key=lambda name: name[-1])
    /// >>> def digits():
    /// ...     return re.findall(r"\d+", " ".join(names))
    /// >>> def reading():
    /// ...     with open(re.__file__, "rb") as file:
    /// ...         return file.read()
    /// >>> def checksum():
    /// ...     sum = 0
    /// ...     for number in numbers:
    /// ...         sum = (31 * sum + number) % 65521
    /// ...     return sum
    /// >>> def instructions(job):
    /// ...     def trace(frame, event, argument):
    /// ...         nonlocal count
    /// ...         frame.f_trace_opcodes = True
    /// ...         count += event == "opcode"
    /// ...         return trace
    /// ...     job()  # whatever is done only once is done
    /// ...     count = 0
    /// ...     sys.settrace(trace)
    /// ...     try:
    /// ...         job()
    /// ...     finally:
    /// ...         sys.settrace(None)
    /// ...     return count
    /// >>> jobs = [total, by_last_digit, digits, reading, checksum]
    /// >>> who_would_gain() == [instructions(job) > 10_000 for job in jobs]
    /// True
    #[pyfunction]
    fn who_would_gain() -> PyResult<Vec<bool>> {
        let answers = vec![]; // <- between the brackets
        if answers.is_empty() {
            return Err(PyNotImplementedError::new_err("who keeps Python busy?"));
        }
        Ok(answers)
    }

    /// Repair: A profiler has told of each line of a program how often it was run and how long that took
    /// in all. `hot_line` returns the number of the line on which work would pay most. It often returns
    /// another. One word is wrong, the marked one; a line has a `number`, `runs` and `microseconds`.
    ///
    /// >>> hot_line([
    /// ...     {"number": 1, "runs": 1, "microseconds": 30},
    /// ...     {"number": 2, "runs": 900, "microseconds": 80_000},
    /// ... ])
    /// 2
    /// >>> hot_line([
    /// ...     {"number": 7, "runs": 40_000, "microseconds": 3_000},
    /// ...     {"number": 8, "runs": 200, "microseconds": 95_000},
    /// ...     {"number": 9, "runs": 1, "microseconds": 50},
    /// ... ])
    /// 8
    /// >>> hot_line([]) is None
    /// True
    #[pyfunction]
    fn hot_line(#[pyo3(from_py_with = collected)] lines: Vec<Line>) -> Option<u64> {
        let hottest = lines.iter().max_by_key(|line| {
            line.runs // <- this word
        });
        hottest.map(|line| line.number)
    }

    /// Build: Quicken the twin, in Python. This is how it stands, without the cutoff:
    ///
    /// ```python
    /// def closest(query, names, limit, distance):
    ///     return sorted((distance(query, name), name) for name in names)[:limit]
    /// ```
    ///
    /// Write a `closest` that finds the same with less than half of the comparisons. `limit` is at least 1.
    /// Your program, in Python, goes between the marks `r#"` and `"#`. The cases count how often it calls
    /// `distance`.
    ///
    /// >>> import builtins, keyword
    /// >>> methods = {*dir(str), *dir(list), *dir(dict)}
    /// >>> names = sorted({*keyword.kwlist, *dir(builtins), *methods})
    /// >>> def distance(a, b):
    /// ...     calls.append((a, b))
    /// ...     row = list(range(len(b) + 1))
    /// ...     for i, x in enumerate(a):
    /// ...         diagonal, row[0] = row[0], i + 1
    /// ...         for j, y in enumerate(b):
    /// ...             cheapest = min(diagonal + (x != y), row[j] + 1, row[j + 1] + 1)
    /// ...             diagonal, row[j + 1] = row[j + 1], cheapest
    /// ...     return row[-1]
    /// >>> def outcome(query, limit):
    /// ...     calls.clear()
    /// ...     program = {}
    /// ...     exec(quicker_twin(), program)
    /// ...     closest = program.get("closest")
    /// ...     found = closest(query, names, limit, distance)
    /// ...     compared = len(calls)
    /// ...     expected = sorted((distance(query, name), name) for name in names)[:limit]
    /// ...     if [tuple(pair) for pair in found] != expected:
    /// ...         return f"{found} instead of {expected}"
    /// ...     if compared >= len(names) / 2:
    /// ...         return f"{compared} of {len(names)} compared"
    /// ...     return "quicker"
    /// >>> calls = []
    /// >>> outcome("prnt", 1)
    /// 'quicker'
    /// >>> outcome("UnicodeEror", 1)
    /// 'quicker'
    /// >>> outcome("ZeroDivsionEror", 3)
    /// 'quicker'
    /// >>> outcome("swapcase", 1)
    /// 'quicker'
    #[pyfunction]
    fn quicker_twin() -> PyResult<&'static str> {
        let python = r#"
"#; // <- your program, between the marks
        if python.trim().is_empty() {
            return Err(PyNotImplementedError::new_err("quicken it first"));
        }
        Ok(python)
    }
}
