//! Words in bytes: where they stand, and what stands behind them.

use memchr::memmem;

/// Where `words` stand, each time that they begin before `limit`.
pub fn places<'a>(data: &'a [u8], limit: usize, words: &'a str) -> impl Iterator<Item = usize> {
    memmem::find_iter(data, words).take_while(move |start| *start < limit)
}

/// What stands behind `words`, each time that they begin before `limit`:
/// all `wanted` bytes, up to `most`.
pub fn behind<'a>(
    data: &'a [u8],
    limit: usize,
    words: &'a str,
    wanted: fn(u8) -> bool,
    most: usize,
) -> impl Iterator<Item = &'a str> {
    places(data, limit, words).filter_map(move |start| {
        let rest = &data[start + words.len()..];
        let length = rest.iter().take(most).take_while(|byte| wanted(**byte));
        str::from_utf8(&rest[..length.count()]).ok()
    })
}

/// The crate in the path of a source: `rpds-1.1.0` in
/// `index.crates.io-1949cf8c6b5b557f/rpds-1.1.0/src/…`.
pub fn crate_in(path: &str) -> Option<&str> {
    let mut folders = path.split(['/', '\\']);
    let name = folders.nth(1)?;
    folders.next()?; // or else the name may have been cut off
    let (_, version) = name.rsplit_once('-')?;
    is_release(version).then_some(name)
}

/// Whether `words` are a release: they begin with a digit and hold two dots.
pub fn is_release(words: &str) -> bool {
    words.starts_with(|first: char| first.is_ascii_digit()) && words.matches('.').count() >= 2
}

/// What a release is written with.
pub fn in_release(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'.' | b'-')
}

/// What a commit is written with.
pub fn in_commit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// What a path is written with, as far as it matters here.
pub fn in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b'/' | b'\\')
}
