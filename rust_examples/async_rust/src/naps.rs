//! Futures that do nothing but wait, in the right way and in wrong ones.

use std::thread;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use tokio::task::{JoinError, JoinSet, spawn, spawn_blocking};
use tokio::time::sleep;

use crate::arguments::duration;
use crate::bridge::awaitable;

/// Do nothing, and be awaited for it.
#[pyfunction]
pub fn nothing(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    awaitable(py, async { Ok(()) })
}

/// Sleep as a future does: the thread is free meanwhile.
#[pyfunction]
pub fn nap(py: Python<'_>, seconds: f64) -> PyResult<Bound<'_, PyAny>> {
    let time = duration(seconds)?;
    awaitable(py, async move {
        sleep(time).await;
        Ok(())
    })
}

/// Sleep as a thread does, and keep it from all others: the way not to do it.
#[pyfunction]
pub fn doze(py: Python<'_>, seconds: f64) -> PyResult<Bound<'_, PyAny>> {
    let time = duration(seconds)?;
    awaitable(py, async move {
        thread::sleep(time);
        Ok(())
    })
}

/// Sleep as a thread does, in a thread that is there for it.
#[pyfunction]
pub fn doze_aside(py: Python<'_>, seconds: f64) -> PyResult<Bound<'_, PyAny>> {
    let time = duration(seconds)?;
    awaitable(py, async move {
        let dozing = spawn_blocking(move || thread::sleep(time));
        dozing.await.map_err(lost)
    })
}

/// What was awaited did not come to its end.
fn lost(error: JoinError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

/// Wait for `seconds`, then call `done()`, in one of four ways.
///
/// `"itself"`: in the future that Python awaits. `"spawned"`: in a task of its own.
/// `"set"`: in a task of a `JoinSet`. `"aside"`: in a thread for work that blocks.
/// Raises `ValueError` for another way.
#[pyfunction]
pub fn stay<'py>(
    py: Python<'py>,
    way: &str,
    seconds: f64,
    done: Py<PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let time = duration(seconds)?;
    let done = move || Python::attach(|py| done.call0(py).map(drop));
    if way == "aside" {
        let blocks = move || {
            thread::sleep(time);
            done()
        };
        return awaitable(py, async { spawn_blocking(blocks).await.map_err(lost)? });
    }
    let later = async move {
        sleep(time).await;
        spawn_blocking(done).await.map_err(lost)?
    };
    match way {
        "itself" => awaitable(py, later),
        "spawned" => awaitable(py, async { spawn(later).await.map_err(lost)? }),
        "set" => awaitable(py, async {
            let mut set = JoinSet::new();
            set.spawn(later);
            set.join_next()
                .await
                .map_or(Ok(()), |ended| ended.map_err(lost)?)
        }),
        _ => Err(PyValueError::new_err(format!("there is no way {way:?}"))),
    }
}
