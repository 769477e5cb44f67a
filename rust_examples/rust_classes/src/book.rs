//! What a ledger keeps: accounts, entries, and where open transactions began.

use std::collections::HashSet;
use std::sync::Arc;

use crate::currency::Currency;
use crate::fault::Fault;
use crate::money::Money;

/// An account, and what was put in or, below zero, taken out. All
/// entries of an account share its name.
pub type Entry = (Arc<str>, Money);

/// Accounts and entries. Entries are only ever added, so what a
/// transaction has done is a tail of them.
#[derive(Debug, Default)]
pub struct Book {
    accounts: HashSet<Arc<str>>,
    pub entries: Vec<Entry>,
    open: Vec<Savepoint>,
    begun: u64,
}

/// How many entries there were when a transaction began.
#[derive(Debug)]
struct Savepoint {
    transaction: u64,
    entries: usize,
}

impl Book {
    /// Open an account of a new name.
    pub fn open_account(&mut self, name: &str) -> Result<(), Fault> {
        if self.accounts.insert(name.into()) {
            Ok(())
        } else {
            Err(Fault::TwoAccounts(name.to_owned()))
        }
    }

    fn account(&self, name: &str) -> Result<&Arc<str>, Fault> {
        let account = self.accounts.get(name);
        account.ok_or_else(|| Fault::NoAccount(name.to_owned()))
    }

    /// Add an entry.
    pub fn post(&mut self, account: &str, money: Money) -> Result<(), Fault> {
        let account = Arc::clone(self.account(account)?);
        self.entries.try_reserve(1).map_err(|_| Fault::NoRoom)?;
        self.entries.push((account, money));
        Ok(())
    }

    /// Add all of these entries, or none of them.
    pub fn post_all<T: AsRef<str>>(&mut self, entries: &[(T, Money)]) -> Result<(), Fault> {
        let transaction = self.begin();
        let mut entries = entries.iter();
        let posted = entries.try_for_each(|(account, money)| self.post(account.as_ref(), *money));
        self.end(transaction, posted.is_ok())?;
        posted
    }

    /// What an account holds of a currency.
    pub fn balance(&self, account: &str, currency: Currency) -> Result<Money, Fault> {
        let account = self.account(account)?;
        let entries = self.entries.iter();
        let sum: i128 = entries
            .filter(|(name, money)| Arc::ptr_eq(name, account) && money.currency == currency)
            .map(|(_, money)| i128::from(money.minor))
            .sum();
        Money { minor: 0, currency }.with(sum.try_into().ok())
    }

    /// Begin a transaction, within those that are open. Its number is for `end`.
    pub fn begin(&mut self) -> u64 {
        self.begun += 1;
        self.open.push(Savepoint {
            transaction: self.begun,
            entries: self.entries.len(),
        });
        self.begun
    }

    /// End a transaction, and those open within it. Its entries stay if `keep`.
    pub fn end(&mut self, transaction: u64, keep: bool) -> Result<(), Fault> {
        let mut open = self.open.iter();
        let at = open.position(|savepoint| savepoint.transaction == transaction);
        let at = at.ok_or(Fault::NotOpen)?;
        if !keep {
            self.entries.truncate(self.open[at].entries);
        }
        self.open.truncate(at);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Book;
    use crate::currency::Currency::Eur;
    use crate::fault::Fault;
    use crate::money::Money;

    fn book() -> Book {
        let mut book = Book::default();
        book.open_account("till").unwrap();
        book
    }

    fn cents(minor: i64) -> Money {
        Money {
            minor,
            currency: Eur,
        }
    }

    #[test]
    fn a_transaction_that_is_not_kept_leaves_no_entry() {
        let mut book = book();
        book.post("till", cents(1)).unwrap();
        let (outer, inner) = (book.begin(), book.begin());
        book.post("till", cents(2)).unwrap();
        book.end(inner, true).unwrap();
        book.post("till", cents(4)).unwrap();
        book.end(outer, false).unwrap();
        assert_eq!(book.balance("till", Eur), Ok(cents(1)));
    }

    #[test]
    fn the_end_of_a_transaction_is_that_of_all_within() {
        let mut book = book();
        let (outer, inner) = (book.begin(), book.begin());
        book.end(outer, true).unwrap();
        assert_eq!(book.end(inner, true), Err(Fault::NotOpen));
    }

    #[test]
    fn a_balance_that_does_not_fit_is_refused_and_what_fits_again_is_not() {
        let mut book = book();
        book.post("till", cents(i64::MAX)).unwrap();
        book.post("till", cents(1)).unwrap();
        assert_eq!(book.balance("till", Eur), Err(Fault::TooLarge));
        book.post("till", cents(-1)).unwrap();
        assert_eq!(book.balance("till", Eur), Ok(cents(i64::MAX)));
    }
}
