//! Functions that do nothing, so that only the way across the border remains to be timed.
//!
//! Nothing is done about hostile arguments: a `Vec` sets aside as much memory as `len`
//! asks for, so a `range` that is longer than memory ends the process.

use std::collections::HashMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyDateTime, PyDict, PyList, PyTuple};

/// For each line, a function that takes a value of that type and drops it.
macro_rules! takes {
    ($($name:ident: $kind:ty;)*) => {$(
        #[doc = concat!("Take `", stringify!($kind), "`, and drop it.")]
        #[pyfunction]
        pub fn $name(value: $kind) {
            let _ = black_box(value);
        }
    )*};
}

takes! {
    take_int: i64;
    take_float: f64;
    take_string: String;
    take_str: &str;
    take_backed_str: PyBackedStr;
    take_byte_vec: Vec<u8>;
    take_bytes: &[u8];
    take_float_vec: Vec<f64>;
    take_list: &Bound<'_, PyList>;
    take_string_vec: Vec<String>;
    take_backed_str_vec: Vec<PyBackedStr>;
    take_map: HashMap<String, f64>;
    take_dict: &Bound<'_, PyDict>;
    take_pair: (String, f64);
    take_tuple: &Bound<'_, PyTuple>;
    take_option: Option<f64>;
    take_time: SystemTime;
    take_datetime: &Bound<'_, PyDateTime>;
    take_path: PathBuf;
    take_copied_array: Vec<f64>;
    take_array: PyReadonlyArray1<'_, f64>;
}

/// For each line, a function that returns a value of that type, made of
/// as many elements as it is told.
macro_rules! gives {
    ($($name:ident: $kind:ty = |$count:ident| $value:expr;)*) => {$(
        #[doc = concat!("Return `", stringify!($kind), "`.")]
        #[pyfunction]
        pub fn $name(count: u32) -> $kind {
            let $count = black_box(count);
            $value
        }
    )*};
}

gives! {
    give_int: i64 = |count| i64::from(count) + 1_000_000;
    give_float: f64 = |count| f64::from(count);
    give_string: String = |count| "x".repeat(count as usize);
    give_byte_vec: Vec<u8> = |count| vec![b'x'; count as usize];
    give_float_vec: Vec<f64> = |count| vec![72.5; count as usize];
    give_string_vec: Vec<String> = |count| vec!["72,5 kg".to_owned(); count as usize];
    give_map: HashMap<String, f64> = |count| (0..count).map(|n| (n.to_string(), 72.5)).collect();
    give_pair: (i64, f64) = |count| (i64::from(count) + 1_000_000, f64::from(count));
    give_option: Option<f64> = |count| (count > 1).then_some(72.5);
    give_time: SystemTime = |count| SystemTime::UNIX_EPOCH + Duration::from_secs(count.into());
    give_path: PathBuf = |count| Path::new("weights").join(count.to_string());
}

/// Return an `i64` as it came.
#[pyfunction]
pub fn echo_int(value: i64) -> i64 {
    value
}

/// Return an `f64` as it came.
#[pyfunction]
pub fn echo_float(value: f64) -> f64 {
    value
}

/// Return a `Vec<String>` as it came.
#[pyfunction]
pub fn echo_texts(value: Vec<String>) -> Vec<String> {
    value
}

/// Take nothing, return nothing: what any call costs.
#[pyfunction]
pub fn take_nothing() {}

/// Take `&Bound<'_, PyList>`, and look at each of its numbers.
#[pyfunction]
pub fn read_list(numbers: &Bound<'_, PyList>) -> PyResult<()> {
    for number in numbers {
        black_box(number.extract::<f64>()?);
    }
    Ok(())
}

/// Return `PyArray1<f64>`.
#[pyfunction]
pub fn give_array(py: Python<'_>, count: u32) -> Bound<'_, PyArray1<f64>> {
    PyArray1::from_vec(py, vec![72.5; count as usize])
}

/// The ways across the border, with nothing behind it.
#[pymodule(submodule)]
pub mod border {
    #[pymodule_export]
    use super::{
        echo_float, echo_int, echo_texts, give_array, give_byte_vec, give_float, give_float_vec,
        give_int, give_map, give_option, give_pair, give_path, give_string, give_string_vec,
        give_time, read_list, take_array, take_backed_str, take_backed_str_vec, take_byte_vec,
        take_bytes, take_copied_array, take_datetime, take_dict, take_float, take_float_vec,
        take_int, take_list, take_map, take_nothing, take_option, take_pair, take_path, take_str,
        take_string, take_string_vec, take_time, take_tuple,
    };
}
