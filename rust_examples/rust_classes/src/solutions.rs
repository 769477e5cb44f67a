//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // the signatures are those of the stubs
#![allow(clippy::doc_link_with_quotes)] // and lists of Python's are known mistakes

use pyo3::pymodule;

/// Money, finished.
#[pymodule(submodule)]
pub mod solutions {
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    use crate::money::Money;

    /// Two amounts are equal where number and currency are, and then their hashes are equal as well. A
    /// number is no money. Of each currency there is one object, so here even `is` holds. And nobody has
    /// given a ledger an `__eq__`, so that it is equal to itself alone.
    ///
    /// # Hints
    ///
    /// 1. Which of the three classes has an `__eq__`, and what does that compare?
    /// 2. `__richcmp__` compares a `Money` with a `Money`, and the page has tried `is` on a currency.
    ///
    /// # Misconceptions
    ///
    /// - `[True, True, False, True, True, False]`: nothing in one currency is not nothing in another; `==` compares both fields.
    /// - `[True, False, True, True, True, False]`: 500 is no `Money`, so the comparison is not ours, and Python says no.
    /// - `[True, False, False, False, True, False]`: equal amounts hash alike, so a set keeps one of them.
    /// - `[True, False, False, True, False, False]`: each member of the enum is one object, as in Python's own.
    /// - `[True, False, False, True, True, True]`: `Ledger` has no `__eq__`, so two of them are two.
    #[pyfunction]
    fn which_are_true() -> PyResult<Vec<bool>> {
        Ok(vec![true, false, false, true, true, false])
    }

    /// `plus` already knows both ways in which a sum can fail, and `?` makes exceptions of them.
    ///
    /// # Hints
    ///
    /// 1. Somewhere in this crate there is an addition that refuses both.
    /// 2. `so_far.plus(price)?`.
    ///
    /// # Misconceptions
    ///
    /// - `'505.00 EUR'`: yen were counted as cents.
    /// - `Money(-9223372036854775808, Currency.JPY)`: it wrapped; Python would raise.
    #[pyfunction]
    fn total(prices: &Bound<'_, PyList>) -> PyResult<Money> {
        let mut total: Option<Money> = None;
        for price in prices {
            let price: Money = price.extract()?;
            total = Some(match total {
                None => price,
                Some(so_far) => so_far.plus(price)?,
            });
        }
        total.ok_or_else(|| PyValueError::new_err("of which currency is nothing?"))
    }

    /// Everybody gets what `//` gives, and the first so many of them, as `%` says, one more. Rust's own `/`
    /// and `%` round towards zero; `div_euclid` and `rem_euclid` are Python's `//` and `%` here.
    ///
    /// # Hints
    ///
    /// 1. If everybody got the same, how many minor units would be left over? Give those to the first ones.
    /// 2. `div_euclid` and `rem_euclid`, and a range with `map` and `collect`.
    ///
    /// # Misconceptions
    ///
    /// - `['33.33 EUR', '33.33 EUR', '33.33 EUR']`: a cent is lost.
    /// - `['33.33 EUR', '33.33 EUR', '33.34 EUR']`: nothing is lost, but the larger shares come first.
    /// - `['-0.03 EUR', '-0.03 EUR', '-0.03 EUR']`: a cent is lost; `/` rounds towards zero.
    /// - `['-0.04 EUR', '-0.03 EUR', '-0.03 EUR']`: below zero, -0.03 is the larger share.
    /// - `PanicException: attempt to divide by zero`: a panic is no `ValueError`; look at `ways` first.
    #[pyfunction]
    fn split(amount: Money, ways: u16) -> PyResult<Vec<Money>> {
        if ways == 0 {
            return Err(PyValueError::new_err("split it at least one way"));
        }
        let each = amount.minor.div_euclid(ways.into());
        let left_over = amount.minor.rem_euclid(ways.into());
        let shares = (0..i64::from(ways)).map(|nth| Money {
            minor: each + i64::from(nth < left_over),
            currency: amount.currency,
        });
        Ok(shares.collect())
    }
}
