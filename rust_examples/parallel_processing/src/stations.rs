//! Measuring stations, and which of them is nearest.

use numpy::ndarray::{ArrayView1, s};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use rayon::prelude::*;

use crate::arguments::{collected, reserve, view};
use crate::sphere::{Nowhere, Point, Tree, point};
use crate::threads::pool;

/// How many readings are worked on between two looks at Python.
const BLOCK: usize = 1 << 16;

/// How many readings a core takes at a time.
const SHARE: usize = 1 << 10;

/// Stations at latitudes and longitudes, in degrees.
///
/// Raises `ValueError` where there is none, where one is not on the Earth, or
/// where a coordinate is missing.
#[pyclass(module = "parallel_processing", frozen)]
pub struct Stations {
    latitudes: Vec<f64>,
    longitudes: Vec<f64>,
    tree: Tree,
}

#[pymethods]
impl Stations {
    #[new]
    fn new(
        #[pyo3(from_py_with = collected)] latitudes: Vec<f64>,
        #[pyo3(from_py_with = collected)] longitudes: Vec<f64>,
    ) -> PyResult<Self> {
        same_length(latitudes.len(), longitudes.len())?;
        if latitudes.is_empty() {
            return Err(PyValueError::new_err("there is no station"));
        }
        let coordinates = latitudes.iter().zip(&longitudes).enumerate();
        let points: Vec<Point> = coordinates
            .map(|(number, (&latitude, &longitude))| {
                point(latitude, longitude).map_err(|nowhere| misplaced("station", number, &nowhere))
            })
            .collect::<PyResult<_>>()?;
        Ok(Self {
            tree: Tree::new(points),
            latitudes,
            longitudes,
        })
    }

    /// The number of the nearest station, for each reading.
    ///
    /// Coordinates are in degrees. Work is shared among `threads`, or all cores.
    /// After each 65,536 readings Ctrl-C is heeded, and `progress(done, total)`
    /// called, where it is given. Raises `ValueError` where a reading is not on the
    /// Earth or the arrays differ in length.
    #[pyo3(signature = (latitudes, longitudes, *, threads=None, progress=None))]
    fn nearest<'py>(
        &self,
        py: Python<'py>,
        latitudes: PyReadonlyArray1<'py, f64>,
        longitudes: PyReadonlyArray1<'py, f64>,
        threads: Option<usize>,
        progress: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyArray1<isize>>> {
        let (latitudes, longitudes) = (view(&latitudes)?, view(&longitudes)?);
        same_length(latitudes.len(), longitudes.len())?;
        let pool = pool(py, threads)?;
        let total = latitudes.len();
        let mut found = Vec::new();
        reserve(&mut found, total)?;
        for start in (0..total).step_by(BLOCK) {
            let end = total.min(start + BLOCK);
            found.resize(end, 0);
            let block = &mut found[start..];
            let here = (
                latitudes.slice(s![start..end]),
                longitudes.slice(s![start..end]),
            );
            py.detach(|| pool.install(|| self.fill(block, here)))
                .map_err(|(number, nowhere)| misplaced("reading", start + number, &nowhere))?;
            py.check_signals()?;
            if let Some(progress) = &progress {
                progress.call1((end, total))?;
            }
        }
        Ok(PyArray1::from_vec(py, found))
    }

    /// Latitudes and longitudes: what pickle and copy make the same stations from.
    fn __getnewargs__(&self) -> (Vec<f64>, Vec<f64>) {
        (self.latitudes.clone(), self.longitudes.clone())
    }

    fn __len__(&self) -> usize {
        self.latitudes.len()
    }

    fn __repr__(&self) -> String {
        format!("<Stations: {}>", self.latitudes.len())
    }
}

impl Stations {
    /// Find the stations of a block, on all threads of the current pool, or the
    /// first reading that is nowhere.
    fn fill(
        &self,
        block: &mut [isize],
        (latitudes, longitudes): (ArrayView1<'_, f64>, ArrayView1<'_, f64>),
    ) -> Result<(), (usize, Nowhere)> {
        let shares = block.par_chunks_mut(SHARE).enumerate();
        let faults = shares.filter_map(|(number, share)| {
            for (place, found) in (number * SHARE..).zip(share) {
                match point(latitudes[place], longitudes[place]) {
                    Ok(here) => *found = self.tree.nearest(&here),
                    Err(nowhere) => return Some((place, nowhere)),
                }
            }
            None
        });
        faults.min_by_key(|(place, _)| *place).map_or(Ok(()), Err)
    }
}

fn same_length(latitudes: usize, longitudes: usize) -> PyResult<()> {
    if latitudes == longitudes {
        return Ok(());
    }
    let message = format!("{latitudes} latitudes and {longitudes} longitudes do not make pairs");
    Err(PyValueError::new_err(message))
}

fn misplaced(what: &str, number: usize, nowhere: &Nowhere) -> PyErr {
    PyValueError::new_err(format!("{what} {number}: {nowhere}"))
}
