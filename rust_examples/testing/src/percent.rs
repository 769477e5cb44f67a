//! Percent-decoding, as RFC 3986 has it in section 2.1: plain Rust, with no Python in it.

use std::iter;

use crate::digit;

/// The bytes that `text` stands for. What is no escape stays as it is.
pub fn decode(text: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = text;
    iter::from_fn(move || {
        let (&first, after) = rest.split_first()?;
        if first == b'%'
            && let Some(byte) = escaped(after)
        {
            rest = &after[2..];
            return Some(byte);
        }
        rest = after;
        Some(first)
    })
}

/// The byte whose two hexadecimal digits `text` begins with, where it does.
fn escaped(text: &[u8]) -> Option<u8> {
    let [high, low, ..] = text else { return None };
    Some(16 * digit::value(*high)? + digit::value(*low)?)
}

/// At which offsets of `text` a percent sign begins no escape.
pub fn strays(text: &[u8]) -> impl Iterator<Item = usize> {
    let signs = (0..text.len()).filter(|&at| text[at] == b'%');
    signs.filter(|&at| escaped(&text[at + 1..]).is_none())
}

/// Tell the log of the first percent sign that begins no escape, if any.
pub fn tell_of_a_stray(text: &[u8]) {
    if let Some(at) = strays(text).next() {
        log::debug!("the percent sign at byte {at} begins no escape, and stays");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Vec<u8> {
        decode(text.as_bytes()).collect()
    }

    #[test]
    fn an_escape_becomes_its_byte() {
        assert_eq!(decoded("abc%20def"), b"abc def");
        assert_eq!(decoded("caf%C3%A9"), "café".as_bytes());
    }

    #[test]
    fn a_percent_sign_without_two_digits_stays() {
        assert_eq!(decoded("100%"), b"100%");
    }

    #[test]
    fn what_was_decoded_is_not_decoded_again() {
        assert_eq!(decoded("%2525"), b"%25");
    }

    #[test]
    fn a_stray_sign_is_told_by_its_place() {
        assert_eq!(strays(b"100%, 41%41, %4").collect::<Vec<_>>(), [3, 13]);
    }
}
