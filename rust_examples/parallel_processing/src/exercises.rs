//! Exercises: who gains, a long search that can be stopped, and a maximum on every core.
#![allow(unused_variables)]

use pyo3::pymodule;

/// Work for every core, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use numpy::PyReadonlyArray1;
    use pyo3::exceptions::{PyNotImplementedError, PyValueError};
    use pyo3::prelude::*;

    use crate::arguments::collected;

    /// Predict: Two Python threads call the same Rust function on a Python with its GIL. Four versions of
    /// it do their work in different ways. In which can both threads be at work at the same moment?
    ///
    /// Return four answers in this order: `attached`, without `detach`; `detached`; `mutex`, detached, and
    /// each locks one `Mutex` of both while it works; `rwlock`, detached, and each takes one `RwLock` of both
    /// for reading. The case lets two threads try to meet in each, and compares.
    ///
    /// >>> from concurrent.futures import ThreadPoolExecutor
    /// >>> from parallel_processing import Meeting
    /// >>> def both_at_work(way):
    /// ...     meeting = Meeting()
    /// ...     with ThreadPoolExecutor(2) as two:
    /// ...         return any(two.map(meeting.by, [way, way]))
    /// >>> ways = "attached detached mutex rwlock".split()
    /// >>> which_gain() == [both_at_work(way) for way in ways]
    /// True
    #[pyfunction]
    fn which_gain() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which of the four gain?"))
    }

    /// Repair: The place of the first reading that was there before, by looking at all before it. On many
    /// readings that takes long, and Ctrl-C does nothing. Mend that: look for signals now and then.
    ///
    /// The last case searches in vain through far too many readings, and a handler raises after 0.1 s.
    ///
    /// >>> first_repeat([3, 1, 4, 1, 5])
    /// 3
    /// >>> first_repeat([3, 1, 4])
    /// Traceback (most recent call last):
    /// ValueError: no reading is there twice
    /// >>> import signal, threading, time
    /// >>> def stop(*_):
    /// ...     raise TimeoutError
    /// >>> def can_be_stopped():
    /// ...     before = signal.signal(signal.SIGINT, stop)
    /// ...     threading.Timer(0.1, signal.raise_signal, [signal.SIGINT]).start()
    /// ...     try:
    /// ...         first_repeat(list(range(150_000)))
    /// ...     except TimeoutError:
    /// ...         return True
    /// ...     except ValueError:  # it went on to the end: only now is the signal heeded
    /// ...         try:
    /// ...             time.sleep(5)
    /// ...         except TimeoutError:
    /// ...             return False
    /// ...     finally:
    /// ...         signal.signal(signal.SIGINT, before)
    /// >>> can_be_stopped()
    /// True
    #[pyfunction]
    fn first_repeat(
        py: Python<'_>,
        #[pyo3(from_py_with = collected)] readings: Vec<i64>,
    ) -> PyResult<usize> {
        let is_repeat = |place: &usize| readings[..*place].contains(&readings[*place]);
        let found = py.detach(|| (0..readings.len()).find(is_repeat));
        found.ok_or_else(|| PyValueError::new_err("no reading is there twice"))
    }

    /// Build: The largest reading of an array, on every core, as NumPy's `max` has it: where a NaN is
    /// among the readings, the answer is NaN. An array with gaps is no problem, an empty one is.
    ///
    /// >>> import numpy as np
    /// >>> parallel_max(np.array([2.5, 7.25, -1.0]))
    /// 7.25
    /// >>> parallel_max(np.array([-2.5, -np.inf]))
    /// -2.5
    /// >>> parallel_max(np.arange(1_000_000.0)[::-3])
    /// 999999.0
    /// >>> parallel_max(np.array([2.5, np.nan, 7.25]))
    /// nan
    /// >>> all(np.isnan(parallel_max(np.where(np.arange(100_000) == place, np.nan, 1.0)))
    /// ...     for place in [0, 12_345, 50_000, 99_999])
    /// True
    /// >>> parallel_max(np.array([]))
    /// Traceback (most recent call last):
    /// ValueError: an empty array has no largest reading
    #[pyfunction]
    fn parallel_max(py: Python<'_>, readings: PyReadonlyArray1<'_, f64>) -> PyResult<f64> {
        Err(PyNotImplementedError::new_err("share the array out first"))
    }
}
