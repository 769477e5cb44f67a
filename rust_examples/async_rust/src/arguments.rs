//! What Python passes, taken with care.

use std::time::Duration;

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::prelude::*;

use crate::survey::Plan;

/// More addresses than this are a slip, or have no end.
const MOST_ADDRESSES: usize = 1_000_000;

/// A process may have some thousand files and connections open.
const MOST_AT_ONCE: usize = 500;

/// The pause before the tenth is a minute.
const MOST_TRIES: u32 = 10;

/// A port, or what a socket of Python's says of one that is none.
pub fn port(number: &Bound<'_, PyAny>) -> PyResult<u16> {
    let number: i128 = number.extract()?;
    u16::try_from(number).map_err(|_| {
        PyOverflowError::new_err(format!("port must be between 0 and 65535, not {number}"))
    })
}

/// A time to wait: above zero, and no longer than a day.
pub fn duration(seconds: f64) -> PyResult<Duration> {
    if seconds > 0.0 && seconds <= 86_400.0 {
        return Ok(Duration::from_secs_f64(seconds));
    }
    let message = format!("seconds must be above 0 and at most 86400, not {seconds}");
    Err(PyValueError::new_err(message))
}

/// Pairs of host and port, taken one by one, since no one knows how many there will be.
pub fn addresses(pairs: &Bound<'_, PyAny>) -> PyResult<Vec<(String, u16)>> {
    let mut found = Vec::new();
    for pair in pairs.try_iter()? {
        pairs.py().check_signals()?;
        if found.len() == MOST_ADDRESSES {
            let message = format!("more than {MOST_ADDRESSES} addresses are not asked");
            return Err(PyValueError::new_err(message));
        }
        let (host, number): (String, Bound<'_, PyAny>) = pair?.extract()?;
        found.push((host, port(&number)?));
    }
    Ok(found)
}

/// How to go about it, where that can be done.
pub fn plan(at_once: usize, timeout: Duration, tries: u32) -> PyResult<Plan> {
    if !(1..=MOST_AT_ONCE).contains(&at_once) {
        let message = format!("at_once must be between 1 and {MOST_AT_ONCE}, not {at_once}");
        return Err(PyValueError::new_err(message));
    }
    if !(1..=MOST_TRIES).contains(&tries) {
        let message = format!("tries must be between 1 and {MOST_TRIES}, not {tries}");
        return Err(PyValueError::new_err(message));
    }
    Ok(Plan {
        at_once,
        timeout,
        tries,
    })
}
