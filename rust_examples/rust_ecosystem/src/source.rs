//! From the bytes of a file to its text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Larger files are no programs that anybody has written, and are not read.
pub const LARGEST: usize = 16_000_000;

const UTF_8: [&str; 5] = ["utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"];

/// The text of a file, or in a few words why there is none.
pub fn read(path: &Path) -> Result<String, String> {
    let said = |error: io::Error| in_words(&error);
    if !path.metadata().map_err(said)?.is_file() {
        return Err("no regular file".to_owned()); // to open a pipe would be to wait for its writer
    }
    let (file, mut bytes) = (File::open(path).map_err(said)?, Vec::new());
    let most = LARGEST as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() > LARGEST {
        return Err(too_large());
    }
    decoded(bytes)
}

/// What is said of a text that is too large.
pub fn too_large() -> String {
    format!("larger than {} MB", LARGEST / 1_000_000)
}

/// What the system says, without its number.
pub fn in_words(error: &io::Error) -> String {
    let words = error.to_string();
    match words.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => words,
    }
}

/// The text that the bytes stand for, by the encoding that the file declares.
fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let declared = declared(&bytes).map(|name| name.to_ascii_lowercase().replace('_', "-"));
    match declared.as_deref() {
        // ASCII means the same in all encodings that a file can declare.
        declared if declared.is_none_or(|name| UTF_8.contains(&name)) || bytes.is_ascii() => {
            String::from_utf8(bytes).map_err(|error| {
                let place = error.utf8_error().valid_up_to();
                format!("not UTF-8: byte {place} belongs to no character")
            })
        }
        // The first 256 characters of Unicode are those of Latin-1.
        Some("latin-1" | "latin1" | "iso-8859-1" | "iso8859-1") => {
            Ok(bytes.into_iter().map(char::from).collect())
        }
        other => {
            let other = other.unwrap_or_default();
            Err(format!("its encoding is {other}, which we do not read"))
        }
    }
}

/// The encoding that one of the first two lines declares, as PEP 263 has it: in a
/// comment, as `coding: latin-1`.
fn declared(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = String::from_utf8_lossy(line.trim_ascii());
        match line.trim_start_matches('\u{feff}').strip_prefix('#') {
            Some(comment) => {
                if let Some(name) = comment.split("coding").skip(1).find_map(named) {
                    return Some(name.to_owned());
                }
            }
            None if line.is_empty() => {}
            None => return None, // a program that has begun
        }
    }
    None
}

/// The name after `coding`: a colon or an equals sign, blanks, and then
/// letters, digits, `-`, `_` and `.`.
fn named(after: &str) -> Option<&str> {
    let name = after
        .strip_prefix([':', '='])?
        .trim_start_matches([' ', '\t']);
    let part = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let end = name.find(|letter| !part(letter)).unwrap_or(name.len());
    (end > 0).then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::declared;

    #[test]
    fn an_encoding_is_declared_in_the_first_two_lines_alone() {
        for (source, expected) in [
            ("# coding: latin-1\n", Some("latin-1")),
            (
                "#!/usr/bin/python\r\n# -*- coding: cp1252 -*-\r\n",
                Some("cp1252"),
            ),
            ("\u{feff}# vim: fileencoding=utf-8 :", Some("utf-8")),
            ("\n\n# coding: latin-1\n", None),
            ("import os\n# coding: latin-1\n", None),
            ("# coding : latin-1\n", None),
            ("# encoded, and coding as we please", None),
        ] {
            assert_eq!(
                declared(source.as_bytes()).as_deref(),
                expected,
                "{source:?}"
            );
        }
    }
}
