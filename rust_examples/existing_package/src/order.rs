//! Names in the order in which people count.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyList, PyString};

/// More digits than these are left to Python, which has a limit of
/// its own for how many it takes.
const MOST_DIGITS: usize = 640;

/// Sort names as people count: `img2` before `img12`, capital letters as small ones.
///
/// Takes whatever can be iterated. Returns a new list; equal names keep their order.
///
/// Raises `AttributeError` where a name is no text, and `ValueError` where a number
/// has more digits than Python takes.
#[pyfunction]
pub fn natural_sort<'py>(names: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let py = names.py();
    let list = py.get_type::<PyList>().call1((names,))?;
    let names = list.cast_into::<PyList>()?;
    let mut order = Vec::with_capacity(names.len());
    for (position, name) in names.iter().enumerate() {
        if position % 1024 == 0 {
            py.check_signals()?; // Ctrl-C ends even a very long list
        }
        order.push((key(&name)?, position));
    }
    order.sort_unstable(); // positions differ, so equal keys stay in order
    let sorted = order.iter().map(|(_, position)| names.get_item(*position));
    PyList::new(py, sorted.collect::<PyResult<Vec<_>>>()?)
}

/// The key of a name: Python folds its case, and what is plain is taken apart in Rust.
fn key(name: &Bound<'_, PyAny>) -> PyResult<Key> {
    let folded = name.call_method0(intern!(name.py(), "casefold"))?;
    if let Ok(text) = folded.cast::<PyString>()
        && let Ok(text) = text.to_str()
        && let Some(key) = Key::of_plain(text)
    {
        return Ok(key);
    }
    Key::of_any(&folded)
}

/// A name as bytes that compare as its parts do: text, number, text, and so on.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key(Vec<u8>);

impl Key {
    /// The key of a text of ASCII and letters, of which none is a digit in any Unicode.
    fn of_plain(text: &str) -> Option<Self> {
        if !text.chars().all(|c| c.is_ascii() || c.is_alphabetic()) {
            return None;
        }
        let mut key = Self(Vec::with_capacity(text.len() + 20));
        let digit = u8::is_ascii_digit;
        for part in text.as_bytes().chunk_by(|a, b| digit(a) == digit(b)) {
            match part {
                [b'0'..=b'9', ..] if part.len() > MOST_DIGITS => return None,
                [b'0'..=b'9', ..] => key.push_number(part),
                _ => key.push_text(part),
            }
        }
        Some(key)
    }

    /// The key of any text, by Python's own idea of digits.
    fn of_any(text: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = text.py();
        let parts = py.import("re")?.call_method1("split", (r"(\d+)", text))?;
        let mut key = Self::default();
        for (position, part) in parts.try_iter()?.enumerate() {
            if position % 2 == 0 {
                let text = part?.call_method1("encode", ("utf-8", "surrogatepass"))?;
                key.push_text(text.extract()?);
            } else {
                let number = py.get_type::<PyInt>().call1((part?,))?;
                key.push_number(number.str()?.to_str()?.as_bytes());
            }
        }
        Ok(key)
    }

    /// Add text, with each byte moved up by one, so that none is
    /// as small as what comes behind.
    fn push_text(&mut self, text: &[u8]) {
        self.0.extend(text.iter().map(|byte| byte + 1));
    }

    /// Add a number: how many digits it has, then the digits.
    fn push_number(&mut self, digits: &[u8]) {
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let digits = &digits[zeros..];
        self.0.extend((digits.len() as u64).to_be_bytes());
        self.0.extend(digits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::of_plain(text).expect("a plain text")
    }

    #[test]
    fn numbers_are_counted_and_not_spelt() {
        let names = ["img2", "img12", "img12a", "img12a1", "img100"];
        assert!(names.is_sorted_by_key(|name| key(name)));
        assert!(key("img9") < key("img18446744073709551616"));
    }

    #[test]
    fn zeros_in_front_do_not_matter() {
        assert!(key("v0010") == key("v10"));
        assert!(key("v000") == key("v0"));
    }

    #[test]
    fn a_text_that_ends_comes_before_one_that_goes_on() {
        let names = ["", "0", "a", "a0", "a0\0", "a\0", "a\0\0", "a ", "aa", "é"];
        assert!(names.is_sorted_by_key(|name| key(name)));
    }

    #[test]
    fn what_may_hold_other_digits_is_not_plain() {
        for text in ["x²", "٣", "e\u{301}", "…", &"9".repeat(MOST_DIGITS + 1)] {
            assert!(Key::of_plain(text).is_none(), "{text}");
        }
    }
}
