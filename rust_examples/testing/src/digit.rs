//! Hexadecimal digits, one byte each.

/// What a hexadecimal digit is worth.
pub fn value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_characters_and_six_more_are_digits() {
        let digits: Vec<u8> = (0..=255).filter(|&byte| value(byte).is_some()).collect();
        assert_eq!(digits, b"0123456789ABCDEFabcdef");
    }

    #[test]
    fn a_digit_is_worth_its_place_among_the_sixteen() {
        for digits in ["0123456789ABCDEF", "0123456789abcdef"] {
            let values: Vec<u8> = digits.bytes().filter_map(value).collect();
            assert_eq!(values, (0..16).collect::<Vec<_>>());
        }
    }
}
