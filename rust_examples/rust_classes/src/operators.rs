//! What Python's operators and built-in functions do with money.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString, PyType};

use crate::currency::Currency;
use crate::fault::Fault;
use crate::money::Money;

#[pymethods]
impl Money {
    /// So many minor units of a currency.
    #[new]
    fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Read an amount as `str` writes it: "9.90 EUR", "500 JPY".
    ///
    /// Raises `ValueError` where it is none, and `OverflowError`
    /// where it has more than 64 bits.
    #[staticmethod]
    fn parse(text: &str) -> Result<Self, Fault> {
        text.parse()
    }

    /// Whether it is below zero.
    fn is_debt(&self) -> bool {
        self.minor < 0
    }

    /// What `case Money(minor, currency)` takes apart.
    #[classattr]
    fn __match_args__() -> (&'static str, &'static str) {
        ("minor", "currency")
    }

    fn __add__(&self, other: &Self) -> Result<Self, Fault> {
        self.plus(*other)
    }

    fn __sub__(&self, other: &Self) -> Result<Self, Fault> {
        self.minus(*other)
    }

    fn __mul__(&self, times: &Bound<'_, PyInt>) -> Result<Self, Fault> {
        let times: Option<i64> = times.extract().ok();
        self.with(times.and_then(|times| self.minor.checked_mul(times)))
    }

    fn __rmul__(&self, times: &Bound<'_, PyInt>) -> Result<Self, Fault> {
        self.__mul__(times)
    }

    fn __neg__(&self) -> Result<Self, Fault> {
        self.with(self.minor.checked_neg())
    }

    fn __abs__(&self) -> Result<Self, Fault> {
        self.with(self.minor.checked_abs())
    }

    fn __bool__(&self) -> bool {
        self.minor != 0
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> Result<bool, Fault> {
        match op {
            CompareOp::Eq => Ok(self == other),
            CompareOp::Ne => Ok(self != other),
            _ => Ok(op.matches(self.compare(*other)?)),
        }
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let code = self.currency.code();
        format!("Money({}, Currency.{code})", self.minor)
    }

    fn __str__(&self) -> String {
        self.to_string()
    }

    fn __format__<'py>(&self, spec: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let text = PyString::new(spec.py(), &self.to_string());
        text.call_method1("__format__", (spec,))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyType>, (i64, Currency)) {
        (py.get_type::<Self>(), (self.minor, self.currency))
    }
}
