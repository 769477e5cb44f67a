//! Currencies, and how many decimals each of them has.
#![allow(clippy::trivially_copy_pass_by_ref)] // a method that Python calls borrows its object

use std::fmt;

use pyo3::prelude::*;
use pyo3::types::PyType;

/// A currency, under its code in ISO 4217.
#[pyclass(module = "rust_classes", frozen, eq, hash, from_py_object)]
#[pyo3(rename_all = "UPPERCASE")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Currency {
    Eur,
    Jpy,
    Kwd,
    Usd,
}

impl Currency {
    /// The currency of this code, if we know it.
    pub fn named(code: &str) -> Option<Self> {
        let all = [Self::Eur, Self::Jpy, Self::Kwd, Self::Usd];
        all.into_iter().find(|currency| currency.code() == code)
    }
}

#[pymethods]
impl Currency {
    /// How many digits an amount has behind the point, as ISO 4217 says.
    #[getter]
    pub fn decimals(&self) -> u32 {
        match self {
            Self::Jpy => 0,
            Self::Eur | Self::Usd => 2,
            Self::Kwd => 3,
        }
    }

    /// The three letters of ISO 4217.
    #[getter]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Eur => "EUR",
            Self::Jpy => "JPY",
            Self::Kwd => "KWD",
            Self::Usd => "USD",
        }
    }

    fn __str__(&self) -> &'static str {
        self.code()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        let getattr = py.import("builtins")?.getattr("getattr")?;
        Ok((getattr, (py.get_type::<Self>(), self.code())))
    }
}

/// What pickle asks for: something to call, and the arguments to call it with.
type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyType>, &'static str));

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
