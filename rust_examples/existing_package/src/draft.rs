//! A first draft of the port, line for line what the Python seems to say.

use pyo3::prelude::*;

/// Sort names as people count: `img2` before `img12`, capital letters as small ones.
///
/// A draft. It sets aside what memory `len` asks for: a long `range` ends the process.
#[pyfunction]
pub fn natural_sort(mut names: Vec<String>) -> Vec<String> {
    names.sort_by_cached_key(|name| key(name));
    names
}

/// Text and number in turns; the last number may be missing.
fn key(name: &str) -> Vec<(String, Option<u64>)> {
    let lower = name.to_lowercase();
    let mut rest = lower.as_str();
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let start = rest.find(|c: char| c.is_ascii_digit());
        let (text, digits) = rest.split_at(start.unwrap_or(rest.len()));
        let end = digits.find(|c: char| !c.is_ascii_digit());
        let (number, after) = digits.split_at(end.unwrap_or(digits.len()));
        parts.push((text.to_owned(), number.parse().ok()));
        rest = after;
    }
    parts
}
