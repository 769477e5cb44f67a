//! A first draft, which passes its tests. It is kept because it is wrong.

/// The bytes that `text` stands for, mostly.
pub fn decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        decoded.extend(before.bytes());
        if let Some(digits) = after.get(..2)
            && let Ok(byte) = u8::from_str_radix(digits, 16)
        {
            decoded.push(byte);
            rest = &after[2..];
        } else {
            decoded.push(b'%');
            rest = after;
        }
    }
    decoded.extend(rest.bytes());
    decoded
}
