//! Names that Python can ask for the closest.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use rayon::prelude::*;

use crate::arguments::{amount, letters, room, strings};
use crate::pace::{Told, UntilSignal, UntilTold, signals};
use crate::search::Index;
use crate::threads::pool;

/// How long Ctrl-C has to wait at most, while other threads work.
const PATIENCE: Duration = Duration::from_millis(50);

/// A distance and a name.
type Found = (usize, Py<PyString>);

/// Names, packed once, to be asked for the closest to another one as often as you like.
///
/// `names` is a list of strings, or anything else that can be gone through.
/// Letters are Unicode code points, as in Python's `str`. Raises
/// `TypeError` where an item is no string.
#[pyclass(module = "python_limits", frozen)]
pub struct Names {
    names: Vec<Py<PyString>>,
    index: Index,
}

#[pymethods]
impl Names {
    #[new]
    fn new(py: Python<'_>, names: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut known = Vec::new();
        for name in strings("name", names)? {
            room(&mut known, 1)?;
            known.push((letters(&name)?, name.unbind()));
        }
        let (spelt, known) = py.detach(|| {
            known.sort_by(|(one, _), (other, _)| one.cmp(other));
            known.into_iter().unzip::<_, _, Vec<_>, Vec<_>>()
        });
        Ok(Self {
            names: known,
            index: py.detach(|| Index::new(&spelt)),
        })
    }

    /// The names closest to `query` as (distance, name), the closest first, those equally
    /// close by alphabet: at most `limit` of them, none more than `cutoff` away.
    ///
    /// Heeds Ctrl-C. Raises `ValueError` where `limit` or `cutoff` is below 0.
    #[pyo3(
        signature = (query, limit=5, cutoff=usize::MAX),
        text_signature = "($self, query, limit=5, cutoff=None)"
    )]
    fn closest(
        &self,
        py: Python<'_>,
        query: &Bound<'_, PyString>,
        #[pyo3(from_py_with = amount)] limit: usize,
        #[pyo3(from_py_with = amount)] cutoff: usize,
    ) -> PyResult<Vec<Found>> {
        let query = letters(query)?;
        let mut pace = UntilSignal::default();
        let found = py.detach(|| self.index.closest(&query, limit, cutoff, &mut pace))?;
        Ok(self.named(py, found))
    }

    /// The same for each of many queries, shared among `threads`, or all cores.
    #[pyo3(
        signature = (queries, limit=5, cutoff=usize::MAX, *, threads=None),
        text_signature = "($self, queries, limit=5, cutoff=None, *, threads=None)"
    )]
    fn closest_to_each(
        &self,
        py: Python<'_>,
        queries: &Bound<'_, PyAny>,
        #[pyo3(from_py_with = amount)] limit: usize,
        #[pyo3(from_py_with = amount)] cutoff: usize,
        threads: Option<usize>,
    ) -> PyResult<Vec<Vec<Found>>> {
        let queries = strings("query", queries)?;
        let queries = queries.iter().map(letters).collect::<PyResult<Vec<_>>>()?;
        let pool = pool(py, threads)?;
        let closest = |stop: &AtomicBool| {
            let one = |query: &Vec<u32>| {
                let pace = &mut UntilTold(stop);
                self.index.closest(query, limit, cutoff, pace)
            };
            pool.install(|| queries.par_iter().map(one).collect::<Result<Vec<_>, _>>())
        };
        let found = heeding_signals(py, closest)?;
        Ok(found
            .into_iter()
            .map(|found| self.named(py, found))
            .collect())
    }

    /// The names: what pickle and copy make the same object from.
    fn __getnewargs__(&self, py: Python<'_>) -> PyResult<(Py<PyList>,)> {
        Ok((PyList::new(py, &self.names)?.unbind(),))
    }

    fn __len__(&self) -> usize {
        self.names.len()
    }

    fn __repr__(&self) -> String {
        format!("<Names: {}>", self.names.len())
    }
}

impl Names {
    fn named(&self, py: Python<'_>, found: Vec<(usize, usize)>) -> Vec<Found> {
        let name = |(distance, rank): (usize, usize)| (distance, self.names[rank].clone_ref(py));
        found.into_iter().map(name).collect()
    }
}

/// Have the work done by other threads, and listen for Ctrl-C in this
/// one: then `stop` becomes true.
fn heeding_signals<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&AtomicBool) -> Result<T, Told> + Send,
) -> PyResult<T> {
    let stop = &AtomicBool::new(false);
    let ended = py.detach(|| {
        thread::scope(|scope| {
            let (done, finished) = channel();
            scope.spawn(move || done.send(work(stop)));
            loop {
                match finished.recv_timeout(PATIENCE) {
                    Err(RecvTimeoutError::Timeout) => {
                        signals().inspect_err(|_| stop.store(true, Ordering::Relaxed))?;
                    }
                    ended => return PyResult::Ok(ended),
                }
            }
        })
    })?;
    match ended {
        Ok(Ok(result)) => Ok(result),
        _ => Err(PyRuntimeError::new_err("the work came to no end")), // it panicked, and says so itself
    }
}
