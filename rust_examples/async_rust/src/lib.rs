//! Rust that asyncio awaits: what servers say when one calls, asked of many at once.
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

mod answers;
mod arguments;
mod bridge;
mod calls;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;

mod naps;
mod solutions;
mod survey;

use pyo3::prelude::*;

use crate::answers::Answers;
use crate::arguments::{addresses, duration, plan, port};
use crate::bridge::{awaitable, tell};
use crate::calls::Visit;
use crate::survey::Survey;

/// The first line that a server says when somebody connects, as a future of asyncio's.
///
/// At most 1,024 bytes are read, and who hangs up without a word has said `''`. There
/// is no time limit: `asyncio.timeout` sets one. Awaiting raises `OSError` where there
/// is no connection, as a socket of Python's would.
///
/// Raises `RuntimeError` where no event loop runs, `OverflowError` for a wrong port.
#[pyfunction]
fn greeting(
    py: Python<'_>,
    host: String,
    #[pyo3(from_py_with = port)] port: u16,
) -> PyResult<Bound<'_, PyAny>> {
    awaitable(py, async move { Ok(calls::greeting(&host, port).await?) })
}

/// The same for a thread that may wait: no event loop is
/// needed, and Python goes on meanwhile.
///
/// Raises `TimeoutError` where to connect, or to be greeted,
/// takes more than `timeout` seconds.
#[pyfunction]
#[pyo3(signature = (host, port, *, timeout=1.0))]
fn blocking_greeting(
    py: Python<'_>,
    host: String,
    #[pyo3(from_py_with = port)] port: u16,
    timeout: f64,
) -> PyResult<String> {
    let limit = duration(timeout)?;
    Ok(py.detach(|| calls::blocking(&host, port, limit))?)
}

/// What many servers say, as a future of asyncio's: a list of `str`, or of
/// `OSError` where one does not answer.
///
/// `addresses` are pairs of host and port, a million at most. No more than
/// `at_once` are called at the same time, 500 at most. Each is given `timeout`
/// seconds and up to `tries` chances, with a pause before each further one that
/// doubles. `report` is an `async def`, which is awaited with each place and answer
/// as it comes; what it raises ends the survey.
///
/// Raises `RuntimeError` where no event loop runs, `ValueError` and
/// `OverflowError` for what cannot be.
#[pyfunction]
#[pyo3(signature = (addresses, *, at_once=50, timeout=1.0, tries=1, report=None))]
fn greetings(
    py: Python<'_>,
    #[pyo3(from_py_with = addresses)] addresses: Vec<(String, u16)>,
    at_once: usize,
    timeout: f64,
    tries: u32,
    report: Option<Py<PyAny>>,
) -> PyResult<Bound<'_, PyAny>> {
    let plan = plan(at_once, duration(timeout)?, tries)?;
    awaitable(py, async move {
        let mut answers = Answers::default();
        let mut survey = Survey::new(addresses, plan);
        while let Some((place, answer)) = survey.next().await {
            if let Some(report) = &report {
                tell(report, place, &answer)?.await?;
            }
            answers.add(place, answer);
        }
        Ok(answers)
    })
}

/// How many calls are under way in Rust, those among them that nobody waits for any more.
#[pyfunction]
fn visits() -> usize {
    Visit::count()
}

#[pymodule]
mod async_rust {
    #[pymodule_export]
    use super::{blocking_greeting, greeting, greetings, visits};
    #[pymodule_export]
    use crate::naps::{doze, doze_aside, nap, nothing, stay};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
