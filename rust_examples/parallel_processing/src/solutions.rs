//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::pymodule;

/// Work for every core, finished.
#[pymodule(submodule)]
pub mod solutions {
    use numpy::PyReadonlyArray1;
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use rayon::prelude::*;

    use crate::arguments::{collected, view};
    use crate::threads::pool;

    /// Only who has detached leaves Python to the other thread. Then it depends on what else both want: a
    /// `Mutex` lets one in after the other, a `RwLock` lets any number of readers in together.
    ///
    /// # Hints
    ///
    /// 1. Ask twice of each: can the second thread enter Rust at all, and does it then wait for a lock?
    /// 2. A `RwLock` keeps writers away from readers. Does it keep readers away from each other?
    ///
    /// # Misconceptions
    ///
    /// - `[True, True, True, True]`: not all Rust runs beside Python: a function holds the GIL until it detaches.
    /// - `[False, True, True, True]`: a `Mutex` lets in one at a time, so detaching alone gains nothing here.
    /// - `[False, True, False, False]`: readers of a `RwLock` do not wait for each other.
    /// - `[False, False, False, False]`: whoever has detached no longer holds the GIL, and the other thread can enter.
    #[pyfunction]
    fn which_gain() -> PyResult<Vec<bool>> {
        Ok(vec![false, true, false, true])
    }

    /// The search goes in blocks. Each is detached, so that other threads can run meanwhile, the one that
    /// rings the bell among them; after each, `check_signals` lets the handler run, and `?` leaves with
    /// what it raised.
    ///
    /// # Hints
    ///
    /// 1. Signals can only be looked for while attached: between pieces of the work.
    /// 2. `py.check_signals()?` after each block of `(0..readings.len()).step_by(1024)`.
    ///
    /// # Misconceptions
    ///
    /// - `False`: it went on to the end, and the signal had to wait; look for it on the way.
    #[pyfunction]
    fn first_repeat(
        py: Python<'_>,
        #[pyo3(from_py_with = collected)] readings: Vec<i64>,
    ) -> PyResult<usize> {
        let is_repeat = |place: &usize| readings[..*place].contains(&readings[*place]);
        for start in (0..readings.len()).step_by(1024) {
            let end = readings.len().min(start + 1024);
            if let Some(place) = py.detach(|| (start..end).find(is_repeat)) {
                return Ok(place);
            }
            py.check_signals()?;
        }
        Err(PyValueError::new_err("no reading is there twice"))
    }

    /// `f64::max` prefers a number to a NaN, NumPy the other way round, so the comparison is ours.
    /// `reduce_with` combines pieces two by two on all cores, and gives `None` where there is nothing.
    ///
    /// # Hints
    ///
    /// 1. Write a function of two numbers first that does with them what NumPy does. Then combine all by it.
    /// 2. `into_par_iter()` on `0..len`, `map` from places to readings, `reduce_with`, and `is_nan`.
    ///
    /// # Misconceptions
    ///
    /// - `7.25`: `f64::max` passes over a NaN; NumPy lets it win.
    /// - `-inf`: an empty array has no largest reading, and must say so.
    /// - `panicked`: an empty array has no largest reading, and must say so.
    #[pyfunction]
    fn parallel_max(py: Python<'_>, readings: PyReadonlyArray1<'_, f64>) -> PyResult<f64> {
        let readings = view(&readings)?;
        let pool = pool(py, None)?;
        let larger = |a: f64, b: f64| if a.is_nan() || a > b { a } else { b };
        let largest = py.detach(|| {
            pool.install(|| {
                let places = (0..readings.len()).into_par_iter();
                places.map(|place| readings[place]).reduce_with(larger)
            })
        });
        largest.ok_or_else(|| PyValueError::new_err("an empty array has no largest reading"))
    }
}
