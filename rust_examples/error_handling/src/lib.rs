//! Errors that cross the border between Rust and Python.

mod cron;
mod error;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod fault;
mod field;
mod solutions;

use pyo3::exceptions::{PyUnicodeDecodeError, PyValueError, PyZeroDivisionError};
use pyo3::prelude::*;

use crate::error::CrontabError;
use crate::fault::CronError;

/// Divide `a` by `b`.
///
/// Raises `ZeroDivisionError` where `b` is zero, as Python does.
#[pyfunction]
fn divide(a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 {
        return Err(PyZeroDivisionError::new_err("division by zero"));
    }
    Ok(a / b)
}

/// Divide `a` by `b`, with an exception that callers do not expect.
///
/// Raises `ValueError` where `b` is zero.
#[pyfunction]
fn divide_value_error(a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 {
        return Err(PyValueError::new_err("Cannot divide by zero"));
    }
    Ok(a / b)
}

/// The hour of a line of a crontab, where there is one: anything else panics.
#[pyfunction]
fn hour_or_panic(line: &str) -> u32 {
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// When to run what: a line of a crontab.
#[pyclass(module = "error_handling", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash)]
struct Job(cron::Job);

#[pymethods]
impl Job {
    /// Minutes, ascending, each 0–59.
    #[getter]
    fn minutes(&self) -> Vec<u32> {
        self.0.minutes.iter().collect()
    }

    /// Hours, ascending, each 0–23.
    #[getter]
    fn hours(&self) -> Vec<u32> {
        self.0.hours.iter().collect()
    }

    /// Days of the month, ascending, each 1–31.
    #[getter]
    fn days(&self) -> Vec<u32> {
        self.0.days.iter().collect()
    }

    /// Months, ascending, each 1–12.
    #[getter]
    fn months(&self) -> Vec<u32> {
        self.0.months.iter().collect()
    }

    /// Days of the week, ascending, each 0–6 with 0 for Sunday.
    #[getter]
    fn weekdays(&self) -> Vec<u32> {
        self.0.weekdays.iter().collect()
    }

    /// What to run.
    #[getter]
    fn command(&self) -> &str {
        &self.0.command
    }

    fn __repr__(&self) -> String {
        format!("<Job {:?}>", self.0.command)
    }
}

/// Read a crontab: one `Job` for each line that is no comment, setting or blank.
///
/// Raises `CrontabError` at the first fault.
#[pyfunction]
fn parse_crontab(py: Python<'_>, text: &str) -> PyResult<Vec<Job>> {
    let mut jobs = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if number % 1024 == 0 {
            py.check_signals()?; // Ctrl-C ends even a very long crontab
        }
        if let Some(job) = cron::read_line(number, line)? {
            jobs.push(Job(job));
        }
    }
    Ok(jobs)
}

/// Read the crontab in the file at `path`, which is UTF-8.
///
/// Raises `OSError` where the file cannot be read, and `CrontabError`,
/// noting the path, at the first fault.
#[pyfunction]
fn load_crontab(path: &Bound<'_, PyAny>) -> PyResult<Vec<Job>> {
    let py = path.py();
    let jobs = read_text(path).and_then(|text| parse_crontab(py, &text));
    if let Err(error) = &jobs
        && error.is_instance_of::<CrontabError>(py)
    {
        error.add_note(py, format!("in {path}"))?;
    }
    jobs
}

/// Let Python open and decode the file, and say where what it holds is not UTF-8.
fn read_text(path: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = path.py();
    let file = py.import("pathlib")?.getattr("Path")?.call1((path,))?;
    let bytes = file.call_method0("read_bytes")?;
    match bytes.call_method1("decode", ("utf-8",)) {
        Ok(text) => text.extract(),
        Err(error) if error.is_instance_of::<PyUnicodeDecodeError>(py) => {
            let start = error.value(py).getattr("start")?.extract()?;
            let placed = PyErr::from(CronError::not_utf8(bytes.extract()?, start));
            placed.set_cause(py, Some(error));
            Err(placed)
        }
        Err(error) => Err(error),
    }
}

#[pymodule]
mod error_handling {
    #[pymodule_export]
    use super::{Job, divide, divide_value_error, hour_or_panic, load_crontab, parse_crontab};
    #[pymodule_export]
    use crate::error::CrontabError;
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
