//! The sheet: idioms of Python in Rust, each a function that Python can call.
//!
//! They are as short as they can be. One that takes a `Vec` believes what `len` says: a
//! `range` that is longer than memory ends the process.
#![allow(clippy::unnecessary_wraps, clippy::needless_pass_by_value)] // short is what a sheet should be

use pyo3::pymodule;

/// Idioms of Python, in Rust.
#[pymodule(submodule)]
pub mod sheet {
    use std::collections::HashMap;

    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;

    /// A number that changes its type.
    #[pyfunction]
    fn kilobytes(size: u32) -> f64 {
        let kilobyte = 1000.0;
        f64::from(size) / kilobyte
    }

    /// Values in a text.
    #[pyfunction]
    fn label(name: &str, size: u32) -> String {
        format!("{name:>12}: {size}")
    }

    /// Parts of a text.
    #[pyfunction]
    fn folders(path: &str) -> Vec<&str> {
        path.split('/').collect()
    }

    /// Two values at once.
    #[pyfunction]
    fn split_size(size: u32) -> (u32, u32) {
        let kilobytes = size / 1000;
        (kilobytes, size % 1000)
    }

    /// And, or, not.
    #[pyfunction]
    fn is_hidden(name: &str) -> bool {
        name.starts_with('.') && !(name == "." || name == "..")
    }

    /// A condition is an expression.
    #[pyfunction]
    fn plural(count: u32) -> String {
        let end = if count == 1 { "" } else { "s" };
        format!("{count} file{end}")
    }

    /// One of several patterns.
    #[pyfunction]
    fn described(suffix: &str) -> String {
        match suffix {
            "py" | "pyi" => "source".to_owned(),
            other => format!("a .{other} file"),
        }
    }

    /// A value that may be missing.
    #[pyfunction]
    fn suffix(path: &str) -> Option<&str> {
        let (_, suffix) = path.rsplit_once('.')?;
        Some(suffix)
    }

    /// In place of a missing one.
    #[pyfunction]
    fn known(size: Option<u32>) -> u32 {
        size.unwrap_or(0)
    }

    /// An exception raised, or nothing returned.
    #[pyfunction]
    fn check(size: u32) -> PyResult<()> {
        const MOST: u32 = 1_000_000;
        if size > MOST {
            return Err(PyValueError::new_err("too large"));
        }
        Ok(())
    }

    /// An exception passed on.
    #[pyfunction]
    fn doubled(digits: &str) -> PyResult<u64> {
        let number: u32 = digits.parse()?;
        Ok(u64::from(number) * 2)
    }

    /// A loop, and a variable that changes.
    #[pyfunction]
    fn total(sizes: Vec<u32>) -> u64 {
        let mut total = 0;
        for size in sizes {
            total += u64::from(size);
        }
        total
    }

    /// A loop until something happens.
    #[pyfunction]
    fn halvings(mut size: u32) -> u32 {
        let mut steps = 0;
        while size > 1 {
            size /= 2;
            steps += 1;
        }
        steps
    }

    /// A list made from a list.
    #[pyfunction]
    fn tests(names: Vec<String>) -> Vec<String> {
        names
            .into_iter()
            .filter(|name| name.starts_with("test_"))
            .collect()
    }

    /// A question to all.
    #[pyfunction]
    fn any_above(sizes: Vec<u32>, limit: u32) -> bool {
        sizes.iter().any(|size| *size > limit)
    }

    /// A running number.
    #[pyfunction]
    fn numbered(names: Vec<String>) -> Vec<String> {
        (1..)
            .zip(names)
            .map(|(number, name)| format!("{number}. {name}"))
            .collect()
    }

    /// A list in order.
    #[pyfunction]
    fn by_size(mut files: Vec<(String, u32)>) -> Vec<(String, u32)> {
        files.sort_by_key(|(_, size)| *size);
        files
    }

    /// A dictionary that counts.
    #[pyfunction]
    fn tally(kinds: Vec<String>) -> HashMap<String, u32> {
        let mut counts = HashMap::new();
        for kind in kinds {
            *counts.entry(kind).or_insert(0) += 1;
        }
        counts
    }

    /// A class.
    #[pyclass]
    pub struct File {
        name: String,
        size: u32,
    }

    #[pymethods]
    impl File {
        #[new]
        fn new(name: String, size: u32) -> Self {
            Self { name, size }
        }

        fn __repr__(&self) -> String {
            format!("{}: {} bytes", self.name, self.size)
        }
    }
}
