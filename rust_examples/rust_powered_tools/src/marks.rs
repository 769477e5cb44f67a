//! What rustc leaves in the files that it makes, and how it is found in a stream of bytes.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read};

use memchr::memmem;

/// How much is read at a time. A file of any size is searched in little more memory than this.
const BLOCK: usize = 256 << 10;

/// How far a mark and what belongs to it may reach: so much is carried over from block to block.
const REACH: usize = 256;

/// Of how many crates the names are kept.
const MOST_CRATES: usize = 4096;

/// Words that a Rust program holds. Others may quote one of them, so only two or more are evidence.
const HEARSAY: [&str; 4] = [
    "rust_eh_personality",
    "called `Option::unwrap()` on a `None` value",
    "RUST_BACKTRACE",
    "library/core/src/",
];

/// The marks found so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The release that the compiler stamped in, such as `1.95.0`.
    pub stamp: Option<String>,
    /// The release in the path of a distribution's own build, as in `rustc-1.88.0-src/library/`.
    pub source: Option<String>,
    /// The commit that the compiler was built from, 40 hexadecimal digits.
    pub commit: Option<String>,
    /// Which of the words of hearsay are there.
    pub hearsay: BTreeSet<&'static str>,
    /// How often `.rs`, the ending of a Rust source, is written.
    pub mentions: u64,
    /// The crates whose sources are named, each with its version.
    pub crates: BTreeSet<String>,
}

impl Marks {
    /// Search all that `source` holds. `pause` is called before each block, and may end the search.
    pub fn search<E: From<std::io::Error>>(
        mut source: impl Read,
        mut pause: impl FnMut() -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut marks = Self::default();
        let mut window = vec![0; REACH + BLOCK];
        let mut kept = 0;
        loop {
            pause()?;
            let read = fill(&mut source, &mut window[kept..])?;
            let end = kept + read;
            if end < window.len() {
                marks.note(&window[..end], end);
                return Ok(marks);
            }
            marks.note(&window, end - REACH); // what begins later may not be whole yet
            window.copy_within(end - REACH.., 0);
            kept = REACH;
        }
    }

    /// Note the marks in `data` that begin before `limit`.
    fn note(&mut self, data: &[u8], limit: usize) {
        if self.stamp.is_none() {
            self.stamp = behind(data, limit, "rustc version ", in_release, 24)
                .find(|words| is_release(words))
                .map(Into::into);
        }
        if self.source.is_none() {
            self.source = behind(data, limit, "rustc-", in_path, 40)
                .filter_map(|words| Some(words.split_once("-src/library/")?.0))
                .find(|words| is_release(words))
                .map(Into::into);
        }
        if self.commit.is_none() {
            self.commit = behind(data, limit, "rustc/", in_commit, 40)
                .find(|words| words.len() == 40)
                .map(Into::into);
        }
        for words in HEARSAY {
            if !self.hearsay.contains(words) && places(data, limit, words).next().is_some() {
                self.hearsay.insert(words);
            }
        }
        self.mentions += places(data, limit, ".rs").fold(0, |count, _| count + 1);
        for words in ["registry/src/", "registry\\src\\"] {
            for path in behind(data, limit, words, in_path, 160) {
                if let Some(name) = crate_in(path)
                    && self.crates.len() < MOST_CRATES
                {
                    self.crates.insert(name.into());
                }
            }
        }
    }
}

/// Where `words` stand, each time that they begin before `limit`.
fn places<'a>(data: &'a [u8], limit: usize, words: &'a str) -> impl Iterator<Item = usize> {
    memmem::find_iter(data, words).take_while(move |start| *start < limit)
}

/// What stands behind `words`, each time that they begin before `limit`: all `wanted` bytes, up to `most`.
fn behind<'a>(
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

/// The crate in the path of a source: `rpds-1.1.0` in `index.crates.io-1949cf8c6b5b557f/rpds-1.1.0/src/…`.
fn crate_in(path: &str) -> Option<&str> {
    let mut folders = path.split(['/', '\\']);
    let name = folders.nth(1)?;
    folders.next()?; // or else the name may have been cut off
    let (_, version) = name.rsplit_once('-')?;
    is_release(version).then_some(name)
}

/// Whether `words` are a release: they begin with a digit and hold two dots.
fn is_release(words: &str) -> bool {
    words.starts_with(|first: char| first.is_ascii_digit()) && words.matches('.').count() >= 2
}

fn in_release(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'.' | b'-')
}

fn in_commit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn in_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b'/' | b'\\')
}

/// Read until `room` is full or the source is at its end; says how much was read.
fn fill(source: &mut impl Read, room: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        match source.read(&mut room[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
