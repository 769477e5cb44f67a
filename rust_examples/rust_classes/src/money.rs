//! Money: a whole number of minor units of one currency. Nothing
//! here knows of Python's methods.

use std::cmp::Ordering;
use std::fmt;
use std::num::IntErrorKind;
use std::str::FromStr;

use pyo3::prelude::*;

use crate::currency::Currency;
use crate::fault::Fault;

/// An amount of money: a whole number of minor units, such as cents, of one currency.
///
/// It never changes, and has 64 bits: what does not fit raises `OverflowError`.
#[pyclass(module = "rust_classes", frozen, get_all, from_py_object)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, Fault> {
        let (ours, theirs) = self.paired(other)?;
        self.with(ours.checked_add(theirs))
    }

    /// The difference of two amounts of one currency.
    pub fn minus(self, other: Self) -> Result<Self, Fault> {
        let (ours, theirs) = self.paired(other)?;
        self.with(ours.checked_sub(theirs))
    }

    /// Less, equal or greater, of two amounts of one currency.
    pub fn compare(self, other: Self) -> Result<Ordering, Fault> {
        let (ours, theirs) = self.paired(other)?;
        Ok(ours.cmp(&theirs))
    }

    /// The numbers of two amounts, which must be of one currency.
    fn paired(self, other: Self) -> Result<(i64, i64), Fault> {
        if self.currency == other.currency {
            Ok((self.minor, other.minor))
        } else {
            Err(Fault::Mixed(self.currency, other.currency))
        }
    }

    /// Another amount of this currency, if it fits.
    pub fn with(self, minor: Option<i64>) -> Result<Self, Fault> {
        let currency = self.currency;
        let minor = minor.ok_or(Fault::TooLarge)?;
        Ok(Self { minor, currency })
    }
}

/// An amount as people write it, with all its decimals: `-9.90 EUR`, `500 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.currency.decimals() as usize;
        let unit = 10_u64.pow(self.currency.decimals());
        let minor = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{sign}{}", minor / unit)?;
        if width > 0 {
            write!(f, ".{:0width$}", minor % unit)?;
        }
        write!(f, " {}", self.currency)
    }
}

/// The way back.
impl FromStr for Money {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let wrong = || Fault::NotAnAmount(text.chars().take(40).collect());
        let (number, code) = text.split_once(' ').ok_or_else(wrong)?;
        let currency = Currency::named(code).ok_or_else(wrong)?;
        let digits = number.strip_prefix('-').unwrap_or(number);
        let decimals = match digits.split_once('.') {
            Some((whole, part)) if !whole.is_empty() && !part.is_empty() => part.len(),
            None => 0,
            Some(_) => return Err(wrong()),
        };
        if decimals != currency.decimals() as usize || digits.starts_with('+') {
            return Err(wrong());
        }
        match number.replacen('.', "", 1).parse() {
            Ok(minor) => Ok(Self { minor, currency }),
            Err(error) => match error.kind() {
                IntErrorKind::PosOverflow | IntErrorKind::NegOverflow => Err(Fault::TooLarge),
                _ => Err(wrong()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Money;
    use crate::currency::Currency::{Eur, Jpy, Kwd};
    use crate::fault::Fault;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn an_amount_is_written_with_the_decimals_of_its_currency() {
        let written = [
            (-5, Eur),
            (1990, Eur),
            (500, Jpy),
            (1250, Kwd),
            (i64::MIN, Kwd),
        ]
        .map(|(minor, currency)| Money { minor, currency }.to_string());
        let expected = ["-0.05 EUR", "19.90 EUR", "500 JPY", "1.250 KWD"];
        assert_eq!(written[..4], expected);
        assert_eq!(written[4], "-9223372036854775.808 KWD");
    }

    #[test]
    fn what_is_written_can_be_read() {
        for text in [
            "-0.05 EUR",
            "0.00 USD",
            "500 JPY",
            "-9223372036854775.808 KWD",
        ] {
            assert_eq!(money(text).to_string(), text);
        }
    }

    #[test]
    fn a_sum_that_does_not_fit_is_refused() {
        let full = Money {
            minor: i64::MAX,
            currency: Jpy,
        };
        assert_eq!(full.plus(money("1 JPY")), Err(Fault::TooLarge));
        assert_eq!(
            full.plus(money("-1 JPY")).map(|money| money.minor),
            Ok(i64::MAX - 1)
        );
    }

    #[test]
    fn currencies_do_not_mix() {
        assert_eq!(
            money("1.00 EUR").compare(money("1 JPY")),
            Err(Fault::Mixed(Eur, Jpy))
        );
        assert_ne!(money("1.00 EUR"), money("100 JPY"));
    }
}
