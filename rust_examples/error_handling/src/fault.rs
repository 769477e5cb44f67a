//! What can be wrong, and where.

use std::num::ParseIntError;

use thiserror::Error;

use crate::field::Field;

/// All that can be wrong with a crontab.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum Fault {
    #[error("the {0} is missing: a job is five fields and a command")]
    Missing(&'static str),
    #[error("{0} '{1}' is not a number{names}", names = .0.or_a_name())]
    NotANumber(&'static Field, String, #[source] ParseIntError),
    #[error("{0} {1} is not in {first}–{last}", first = .0.first, last = .0.last)]
    OutOfRange(&'static Field, String),
    #[error("{0} {1} runs backwards: write the smaller end first")]
    Backwards(&'static Field, String),
    #[error("{0} {1} has a step but no range: write {1}-{last} or *", last = .0.last)]
    NoRange(&'static Field, String),
    #[error("step 0 leads nowhere: write 1 or more")]
    StepZero,
    #[error("'{0}' is a nickname: write five fields, such as 0 0 * * *")]
    Nickname(String),
    #[error("byte 0x{0:02X} is not UTF-8: save the file as UTF-8")]
    NotUtf8(u8),
}

/// A fault and its place: the first line is line 1, the first
/// character of a line is column 1.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("line {line}, column {column}: {fault}")]
pub struct CronError {
    pub line: usize,
    pub column: usize,
    pub fault: Fault,
}

impl CronError {
    /// The byte at `start` ends what is UTF-8 in `bytes`.
    pub fn not_utf8(bytes: &[u8], start: usize) -> Self {
        let before = String::from_utf8_lossy(&bytes[..start]);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            fault: Fault::NotUtf8(bytes[start]),
        }
    }
}

/// A fault in the part of the line that is to blame.
pub type Blame<'a> = (&'a str, Fault);

/// At most twenty characters, none of them a control character,
/// so that a message stays a line.
pub fn short(text: &str) -> String {
    let mut characters = text.chars();
    let mut short: String = characters.by_ref().take(20).collect();
    if characters.next().is_some() {
        short.push('…');
    }
    short.replace(char::is_control, "\u{fffd}")
}
