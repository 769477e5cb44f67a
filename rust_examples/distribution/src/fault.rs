//! What can be wrong with a name, and how it becomes an exception.

use std::fmt;

use pyo3::PyErr;
use pyo3::exceptions::PyValueError;

/// Why a text is not what it should be, and in which column,
/// counted in characters from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it is wrong.
    pub column: usize,
    /// What is wrong there.
    pub reason: String,
}

impl Fault {
    /// A fault in `part`, which is a slice of `text`.
    pub fn new(text: &str, part: &str, reason: impl Into<String>) -> Self {
        let offset = part.as_ptr().addr() - text.as_ptr().addr();
        Self {
            column: text[..offset].chars().count() + 1,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.reason)
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        PyValueError::new_err(fault.to_string())
    }
}

/// Refuse a text that is too long for a file's name, or holds a
/// character that is in none of ours.
///
/// What passes is ASCII, so that a slice of it may begin at any byte.
pub fn plain(text: &str, marks: &str) -> Result<(), Fault> {
    if let Some((_, rest)) = text.split_at_checked(LONGEST)
        && !rest.is_empty()
    {
        let reason = format!("a name has at most {LONGEST} characters");
        return Err(Fault::new(text, rest, reason));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || marks.contains(c);
    match text.find(|c| !allowed(c)) {
        Some(at) => {
            let character = text[at..].chars().next().unwrap_or_default();
            Err(Fault::new(
                text,
                &text[at..],
                format!("{character:?} has no place here"),
            ))
        }
        None => Ok(()),
    }
}

/// The most characters that common file systems allow in a name.
const LONGEST: usize = 255;
