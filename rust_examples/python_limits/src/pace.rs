//! Long work that can be stopped: it says now and then how many steps it took.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;

/// Steps between two looks at whether to stop: some hundredths of a second.
const STEPS: usize = 1 << 23;

/// Whoever is told of the steps that were taken.
pub trait Pace {
    /// Why the work is to stop.
    type Stop;

    /// So many steps were taken since the last time.
    fn took(&mut self, steps: usize) -> Result<(), Self::Stop>;
}

/// Nobody wants to stop it.
#[cfg(test)]
pub struct Unstoppable;

#[cfg(test)]
impl Pace for Unstoppable {
    type Stop = std::convert::Infallible;

    fn took(&mut self, _: usize) -> Result<(), std::convert::Infallible> {
        Ok(())
    }
}

/// Ctrl-C stops it: from time to time it attaches to Python, and asks.
#[derive(Default)]
pub struct UntilSignal {
    steps: usize,
}

impl Pace for UntilSignal {
    type Stop = PyErr;

    fn took(&mut self, steps: usize) -> PyResult<()> {
        self.steps += steps;
        if self.steps < STEPS {
            return Ok(());
        }
        self.steps = 0;
        signals()
    }
}

/// Whether somebody has pressed Ctrl-C, asked by a thread that is not attached.
#[allow(clippy::redundant_closure_for_method_calls)] // the method alone is not general enough
pub fn signals() -> PyResult<()> {
    Python::attach(|py| py.check_signals())
}

/// Another thread stops it.
pub struct UntilTold<'a>(pub &'a AtomicBool);

/// Another thread said so.
pub struct Told;

impl Pace for UntilTold<'_> {
    type Stop = Told;

    fn took(&mut self, _: usize) -> Result<(), Told> {
        if self.0.load(Ordering::Relaxed) {
            return Err(Told);
        }
        Ok(())
    }
}
