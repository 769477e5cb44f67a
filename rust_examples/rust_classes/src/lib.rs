//! Types that feel like Python: money, and a ledger whose transactions roll back.
#![allow(clippy::needless_pass_by_value)] // what Python passes arrives by value

mod book;
mod currency;
mod entries;
#[cfg_attr(feature = "mine", path = "mine.rs")]
mod exercises;
mod fault;
mod ledger;
mod money;
mod operators;
mod solutions;
mod transaction;

use pyo3::pymodule;

/// Money, and a ledger whose transactions roll back.
#[pymodule]
mod rust_classes {
    #[pymodule_export]
    use crate::{currency::Currency, money::Money};
    #[pymodule_export]
    use crate::{entries::Entries, ledger::Ledger, transaction::Transaction};
    #[pymodule_export]
    use crate::{exercises::exercises, solutions::solutions};
}
