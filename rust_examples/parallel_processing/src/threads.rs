//! The threads that do the work.

use std::mem;
use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// More than this is a slip of the keyboard.
const MOST: usize = 256;

/// Our threads, and the process that they belong to.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// As many threads as there are cores, started once, or just for this
/// call as many as are asked for.
///
/// A forked process inherits the memory of its parent but none of its threads, and would
/// wait for them for ever: it starts its own.
pub fn pool(py: Python<'_>, threads: Option<usize>) -> PyResult<Arc<ThreadPool>> {
    if let Some(threads) = threads {
        if !(1..=MOST).contains(&threads) {
            let message = format!("threads must be between 1 and {MOST}, not {threads}");
            return Err(PyValueError::new_err(message));
        }
        return start(threads);
    }
    let mut kept = POOL
        .lock_py_attached(py)
        .unwrap_or_else(PoisonError::into_inner);
    if let Some((process, pool)) = &*kept
        && *process == process::id()
    {
        return Ok(Arc::clone(pool));
    }
    let pool = start(0)?;
    mem::forget(kept.replace((process::id(), Arc::clone(&pool)))); // its threads cannot be told to stop
    Ok(pool)
}

/// A pool of so many threads; 0 is as many as there are cores.
fn start(threads: usize) -> PyResult<Arc<ThreadPool>> {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map(Arc::new)
        .map_err(|error| PyRuntimeError::new_err(error.to_string()))
}
