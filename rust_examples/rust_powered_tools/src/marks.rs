//! What rustc leaves in the files that it makes, and how it
//! is found in a stream of bytes.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read};

use crate::words::{behind, crate_in, in_commit, in_path, in_release, is_release, places};

/// How much is read at a time. A file of any size is searched
/// in little more memory than this.
const BLOCK: usize = 256 << 10;

/// How far a mark and what belongs to it may reach: so much is
/// carried over from block to block.
const REACH: usize = 256;

/// Of how many crates the names are kept.
const MOST_CRATES: usize = 4096;

/// Words that a Rust program holds. Others may quote one of them, so
/// only two or more are evidence.
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
    /// The release in the path of a distribution's own build, as
    /// in `rustc-1.88.0-src/library/`.
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
    /// Search all that `source` holds. `pause` is called before each
    /// block, and may end the search.
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

#[cfg(test)]
mod tests {
    use std::io::{Error, Result};

    use super::*;

    const COMMIT: &str = "59807616e1fa2540724bfbac14d7976d7e4a3860";

    fn marks_in(source: impl Read) -> Marks {
        Marks::search::<Error>(source, || Ok(())).expect("memory can be read")
    }

    #[test]
    fn marks_are_found_wherever_blocks_meet() {
        for before in ((BLOCK - 80)..(BLOCK + REACH + 20)).step_by(5) {
            let mut data = vec![0; before];
            data.extend(format!("/rustc/{COMMIT}/library/core/src/a.rs").bytes());
            let marks = marks_in(data.as_slice());
            assert_eq!(marks.commit.as_deref(), Some(COMMIT), "behind {before}");
            assert_eq!(
                (marks.mentions, marks.hearsay.len()),
                (1, 1),
                "behind {before}"
            );
        }
    }

    /// Gives one byte at a time, and is interrupted before each.
    struct Slow<'a>(&'a [u8], bool);

    impl Read for Slow<'_> {
        fn read(&mut self, room: &mut [u8]) -> Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(ErrorKind::Interrupted.into());
            }
            let room = if room.is_empty() {
                room
            } else {
                &mut room[..1]
            };
            self.0.read(room)
        }
    }

    #[test]
    fn a_slow_source_is_read_to_its_end() {
        let data = b"rustc version 1.95.0 (59807616e 2026-04-14)".as_slice();
        assert_eq!(marks_in(Slow(data, false)), marks_in(data));
        assert_eq!(marks_in(data).stamp.as_deref(), Some("1.95.0"));
    }

    #[test]
    fn a_pause_may_end_the_search() {
        let refused = Marks::search([0; 9].as_slice(), || Err(Error::other("enough")));
        assert_eq!(refused.expect_err("refused").to_string(), "enough");
    }
}
