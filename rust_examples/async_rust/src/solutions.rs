//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::pymodule;

/// Work for asyncio, finished.
#[pymodule(submodule)]
pub mod solutions {
    use std::time::Duration;

    use pyo3::exceptions::{PyRuntimeError, PyValueError};
    use pyo3::prelude::*;
    use tokio::task::JoinSet;
    use tokio::time::sleep;

    use crate::arguments::{addresses, port};
    use crate::bridge::awaitable;
    use crate::calls::greeting;

    /// To cancel is to drop the future. What it owns is dropped with it, and a `JoinSet` ends its tasks then.
    /// A task that was spawned belongs to the runtime, and nothing stops a thread that sleeps.
    ///
    /// # Hints
    ///
    /// 1. The future is dropped. Ask of each: what else is dropped with it, and who would end what is not?
    /// 2. The documentation of tokio's `JoinHandle` says what happens when it is dropped, that of `JoinSet` too.
    ///
    /// # Misconceptions
    ///
    /// - `[False, False, False, False]`: only the future is dropped; a spawned task and a thread are not within it.
    /// - `[False, True, True, True]`: a `JoinSet` ends its tasks when it is dropped, as a single handle does not.
    /// - `[False, False, False, True]`: to drop a task's handle is to let the task go, not to end it.
    /// - `[False, True, False, False]`: a thread that sleeps cannot be ended from outside.
    /// - `[True, True, True, True]`: cancelling drops the future in Rust, with the timer in it.
    #[pyfunction]
    fn which_go_on() -> PyResult<Vec<bool>> {
        Ok(vec![false, true, false, true])
    }

    /// Two threads do all the waiting. Who sleeps as a thread keeps one of them from everybody else; who awaits
    /// a timer gives it back meanwhile.
    ///
    /// # Hints
    ///
    /// 1. Which line keeps a thread while nothing happens?
    /// 2. `tokio::time::sleep`, and it must be awaited.
    ///
    /// # Misconceptions
    ///
    /// - `False`: something still keeps a thread of the runtime while it waits.
    #[pyfunction]
    fn patient(
        py: Python<'_>,
        host: String,
        #[pyo3(from_py_with = port)] port: u16,
        tries: u32,
    ) -> PyResult<Bound<'_, PyAny>> {
        awaitable(py, async move {
            let mut answer = greeting(&host, port).await;
            for _ in 1..tries {
                if answer.is_ok() {
                    break;
                }
                sleep(Duration::from_millis(100)).await;
                answer = greeting(&host, port).await;
            }
            Ok(answer?)
        })
    }

    /// `join_next` gives the task that ends next. At the first that is well we return, the set is dropped, and
    /// with it the calls that are left.
    ///
    /// # Hints
    ///
    /// 1. Who owns the calls, and what becomes of them when it is dropped?
    /// 2. `JoinSet::spawn` for each, then `while let Some(ended) = calls.join_next().await`.
    ///
    /// # Misconceptions
    ///
    /// - `2`: two calls are still under way: who spawns tasks one by one must end them, a `JoinSet` does.
    /// - `4`: calls are still under way: who spawns tasks one by one must end them, a `JoinSet` does.
    /// - `ConnectionRefusedError`: the first that has ended is not the first that has answered.
    #[pyfunction]
    fn first_of(
        py: Python<'_>,
        #[pyo3(from_py_with = addresses)] addresses: Vec<(String, u16)>,
    ) -> PyResult<Bound<'_, PyAny>> {
        awaitable(py, async move {
            let mut calls = JoinSet::new();
            for (host, port) in addresses {
                calls.spawn(async move { greeting(&host, port).await });
            }
            let mut failed = PyValueError::new_err("there is no server to call");
            while let Some(ended) = calls.join_next().await {
                match ended {
                    Ok(Ok(words)) => return Ok(words),
                    Ok(Err(trouble)) => failed = trouble.into(),
                    Err(error) => failed = PyRuntimeError::new_err(error.to_string()),
                }
            }
            Err(failed)
        })
    }
}
