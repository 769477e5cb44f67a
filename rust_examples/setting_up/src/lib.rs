//! A checksum, in a module that tells how it was built.

#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod solutions;

use pyo3::prelude::*;

/// How this module was built, and what it is running on.
#[derive(IntoPyObject)]
struct BuildFacts {
    /// The compiler, as it names itself.
    rustc: &'static str,
    /// The compiler's name for the system that it compiled for.
    target: &'static str,
    /// What cargo's profile is based on, `debug` or `release`.
    profile: &'static str,
    /// How hard the compiler tried, from "0" to "3", or "s" or "z" for small.
    opt_level: &'static str,
    /// Whether checks were compiled in that are meant for development.
    debug_assertions: bool,
    /// The version of `pyo3` that `Cargo.lock` names.
    pyo3: &'static str,
    /// The Python that asks.
    python: String,
}

/// What is known about how this module was built, as a dict.
#[pyfunction]
fn build_facts(py: Python<'_>) -> BuildFacts {
    let running = py.version_info();
    BuildFacts {
        rustc: env!("BUILT_RUSTC"),
        target: env!("BUILT_TARGET"),
        profile: env!("BUILT_PROFILE"),
        opt_level: env!("BUILT_OPT_LEVEL"),
        debug_assertions: cfg!(debug_assertions),
        pyo3: env!("BUILT_PYO3"),
        python: format!("{}.{}.{}", running.major, running.minor, running.patch),
    }
}

/// Two running sums, as RFC 1950 has them: of the bytes, and of
/// all that the first sum has been.
#[derive(Clone, Copy)]
struct Adler {
    bytes: u32,
    sums: u32,
}

impl Adler {
    /// Nothing added yet.
    const START: Self = Self { bytes: 1, sums: 0 };

    /// The largest prime below 2 to the 16th.
    const MODULUS: u32 = 65_521;

    /// Both sums after some more data.
    fn after(mut self, data: &[u8]) -> Self {
        for byte in data {
            self.bytes = (self.bytes + u32::from(*byte)) % Self::MODULUS;
            self.sums = (self.sums + self.bytes) % Self::MODULUS;
        }
        self
    }

    fn checksum(self) -> u32 {
        self.sums << 16 | self.bytes
    }
}

/// The Adler-32 checksum of `data`, which is `bytes`: the
/// number that `zlib.adler32` gives.
///
/// Raises `TypeError` for anything else, and stops for Ctrl-C.
#[pyfunction]
fn adler32(py: Python<'_>, data: &[u8]) -> PyResult<u32> {
    let mut sums = Adler::START;
    for part in data.chunks(1 << 20) {
        py.check_signals()?;
        sums = sums.after(part);
    }
    Ok(sums.checksum())
}

/// A checksum, in a module that tells how it was built.
#[pymodule]
mod setting_up {
    #[pymodule_export]
    use super::{adler32, build_facts};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}

#[cfg(test)]
mod tests {
    use super::Adler;

    #[test]
    fn the_checksum_is_that_of_the_specification() {
        let of = |data| Adler::START.after(data).checksum();
        assert_eq!(of(b""), 1);
        assert_eq!(of(b"a"), 0x0062_0062);
        assert_eq!(of(b"Wikipedia"), 0x11e6_0398);
    }

    #[test]
    fn data_in_parts_has_the_checksum_of_the_whole() {
        let data = [0xff; 10_000];
        let (head, tail) = data.split_at(4_321);
        let parts = Adler::START.after(head).after(tail);
        assert_eq!(parts.checksum(), Adler::START.after(&data).checksum());
    }

    #[test]
    fn the_build_script_found_everything() {
        for fact in [
            env!("BUILT_RUSTC"),
            env!("BUILT_TARGET"),
            env!("BUILT_PROFILE"),
            env!("BUILT_OPT_LEVEL"),
            env!("BUILT_PYO3"),
        ] {
            assert_ne!(fact, "unknown");
        }
    }
}
