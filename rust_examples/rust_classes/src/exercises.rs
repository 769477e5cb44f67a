//! Exercises: equality and hash, currencies that mix, and three ways without losing a cent.
#![allow(unused_variables)]
#![allow(clippy::doc_link_with_quotes)] // the cases hold lists of Python's

use pyo3::pymodule;

/// Money, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use pyo3::exceptions::{PyNotImplementedError, PyValueError};
    use pyo3::prelude::*;
    use pyo3::types::PyList;

    use crate::money::Money;

    /// Predict: With `EUR = Currency.EUR` and `JPY = Currency.JPY`, which of these six are true?
    ///
    /// 1. `Money(500, EUR) == Money.parse("5.00 EUR")`
    /// 2. `Money(0, EUR) == Money(0, JPY)`
    /// 3. `Money(500, JPY) == 500`
    /// 4. `len({Money(500, EUR), Money(500, EUR), Money(500, JPY)}) == 2`
    /// 5. `Money(500, EUR).currency is EUR`
    /// 6. `Ledger("till") == Ledger("till")`
    ///
    /// Return six answers in this order, `Ok(vec![true, …])` where the first one is. The case below asks
    /// Python all six, and compares.
    ///
    /// >>> from rust_classes import Currency, Ledger, Money
    /// >>> EUR, JPY = Currency.EUR, Currency.JPY
    /// >>> truth = [
    /// ...     Money(500, EUR) == Money.parse("5.00 EUR"),
    /// ...     Money(0, EUR) == Money(0, JPY),
    /// ...     Money(500, JPY) == 500,
    /// ...     len({Money(500, EUR), Money(500, EUR), Money(500, JPY)}) == 2,
    /// ...     Money(500, EUR).currency is EUR,
    /// ...     Ledger("till") == Ledger("till"),
    /// ... ]
    /// >>> which_are_true() == truth
    /// True
    #[pyfunction]
    fn which_are_true() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which of the six are true?"))
    }

    /// Repair: What do all these prices come to? This one adds up whatever it is given. Let it refuse
    /// currencies that do not mix, and a total that does not fit.
    ///
    /// >>> from rust_classes import Currency, Money
    /// >>> def total_of(*prices):
    /// ...     return str(total([Money.parse(price) for price in prices]))
    /// >>> total_of("9.90 EUR", "0.10 EUR", "-2.50 EUR")
    /// '7.50 EUR'
    /// >>> total_of("500 JPY")
    /// '500 JPY'
    /// >>> total_of("5.00 EUR", "500 JPY")
    /// Traceback (most recent call last):
    /// TypeError: EUR and JPY do not mix: exchange one of them first
    /// >>> total([Money(2**63 - 1, Currency.JPY), Money(1, Currency.JPY)])
    /// Traceback (most recent call last):
    /// OverflowError: the amount does not fit in 64 bits
    /// >>> total([])
    /// Traceback (most recent call last):
    /// ValueError: of which currency is nothing?
    #[pyfunction]
    fn total(prices: &Bound<'_, PyList>) -> PyResult<Money> {
        let mut total: Option<Money> = None;
        for price in prices {
            let price: Money = price.extract()?;
            total = Some(match total {
                None => price,
                Some(so_far) => Money {
                    minor: so_far.minor.wrapping_add(price.minor),
                    currency: so_far.currency,
                },
            });
        }
        total.ok_or_else(|| PyValueError::new_err("of which currency is nothing?"))
    }

    /// Build: Split an amount so many ways, and lose nothing. The shares are as equal as can be: none is
    /// more than one minor unit above another, and the larger ones come first. Less than one way is a
    /// `ValueError`.
    ///
    /// >>> from rust_classes import Currency, Money
    /// >>> def shares(amount, ways):
    /// ...     return [str(share) for share in split(Money.parse(amount), ways)]
    /// >>> shares("100.00 EUR", 3)
    /// ['33.34 EUR', '33.33 EUR', '33.33 EUR']
    /// >>> shares("5 JPY", 3)
    /// ['2 JPY', '2 JPY', '1 JPY']
    /// >>> shares("-0.10 EUR", 3)
    /// ['-0.03 EUR', '-0.03 EUR', '-0.04 EUR']
    /// >>> shares("0.02 USD", 3)
    /// ['0.01 USD', '0.01 USD', '0.00 USD']
    /// >>> len(split(Money(-2**63, Currency.KWD), 60_000))
    /// 60000
    /// >>> shares("1.000 KWD", 0)
    /// Traceback (most recent call last):
    /// ValueError: split it at least one way
    #[pyfunction]
    fn split(amount: Money, ways: u16) -> PyResult<Vec<Money>> {
        Err(PyNotImplementedError::new_err("share it out"))
    }
}
