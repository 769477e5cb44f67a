//! A place where two threads meet, if both can be there at the same time:
//! an instrument for an exercise.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::sleep;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// How long one waits for the other.
const PATIENCE: Duration = Duration::from_millis(400);

/// A place for two threads to meet. Each calls the same method once, and
/// is told whether both were in it.
#[pyclass(module = "parallel_processing", frozen)]
#[derive(Default)]
pub struct Meeting {
    inside: AtomicUsize,
    met: AtomicBool,
    mutex: Mutex<()>,
    rwlock: RwLock<()>,
}

#[pymethods]
impl Meeting {
    /// A place where nobody has been yet.
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Whether two threads met in `way`: `attached`, `detached`, or detached with one
    /// `mutex` for both, or with one `rwlock` that both read.
    ///
    /// Raises `ValueError` for any other way.
    fn by(&self, py: Python<'_>, way: &str) -> PyResult<bool> {
        match way {
            "attached" => Ok(self.wait()),
            "detached" => Ok(py.detach(|| self.wait())),
            "mutex" => Ok(py.detach(|| {
                let _guard = self.mutex.lock().unwrap_or_else(PoisonError::into_inner);
                self.wait()
            })),
            "rwlock" => Ok(py.detach(|| {
                let _guard = self.rwlock.read().unwrap_or_else(PoisonError::into_inner);
                self.wait()
            })),
            _ => Err(PyValueError::new_err(format!("there is no way {way:?}"))),
        }
    }
}

impl Meeting {
    fn wait(&self) -> bool {
        if self.inside.fetch_add(1, Ordering::SeqCst) == 1 {
            self.met.store(true, Ordering::SeqCst);
        }
        let start = Instant::now();
        while !self.met.load(Ordering::SeqCst) && start.elapsed() < PATIENCE {
            sleep(Duration::from_millis(1));
        }
        self.inside.fetch_sub(1, Ordering::SeqCst);
        self.met.load(Ordering::SeqCst)
    }
}
