//! Rust beside C, C++, Cython and Numba: one function, and three hazards.

mod distance;

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod product;
mod solutions;
pub mod tools;

use pyo3::prelude::*;

#[pymodule]
mod rust_advantages {
    #[pymodule_export]
    use crate::distance::distance;
    #[pymodule_export]
    use crate::product::{careless_product, product};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
