//! Who asks a web server for what: access logs, counted in bounded memory.

mod analyser;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod line;
mod python;
mod solutions;
mod source;
mod tally;

/// The compiled half of the package.
#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::python::{Analyser, Problem};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
