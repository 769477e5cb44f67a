//! RECORD, the list of its files that every installed package carries:
//! plain Rust, with no Python in it.
//!
//! Each line is a path, a hash and a size in bytes, with commas between them. Hash
//! and size are missing where they cannot be known. A path may hold commas if it
//! stands in quotes, but no line break.

/// One line of a RECORD: a file, and its size in bytes where that is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub path: String,
    pub size: Option<u64>,
}

/// What kind of file it is, judged by its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Source,
    Bytecode,
    Native,
    Other,
}

impl Kind {
    /// The kind of the file at `path`.
    pub fn of(path: &str) -> Self {
        match path.rsplit_once('.') {
            Some((_, "py" | "pyi")) => Self::Source,
            Some((_, "pyc")) => Self::Bytecode,
            Some((_, "so" | "pyd" | "dylib")) => Self::Native,
            _ if path.contains(".so.") => Self::Native, // libgfortran.so.5.0.0
            _ => Self::Other,
        }
    }

    /// What Python calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Bytecode => "bytecode",
            Self::Native => "native",
            Self::Other => "other",
        }
    }
}

/// Read one line of a RECORD, or say in a sentence what is wrong with it.
pub fn read_line(line: &str) -> Result<Entry, String> {
    let Some((rest, size)) = line.rsplit_once(',') else {
        return Err("there is no comma".to_owned());
    };
    let (path, _hash) = rest
        .rsplit_once(',')
        .ok_or_else(|| "there is one comma, and not two".to_owned())?;
    Ok(Entry {
        path: unquoted(path),
        size: read_size(&unquoted(size))?,
    })
}

/// A size in bytes, or `None` for a text that is empty.
pub fn read_size(text: &str) -> Result<Option<u64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(size) => Ok(Some(size)),
        Err(error) => Err(format!("the size is no number: {error}")),
    }
}

/// The text without the quotes around it, if they are there; a
/// quote within is written twice.
fn unquoted(text: &str) -> String {
    match text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        Some(inner) => inner.replace("\"\"", "\""),
        None => text.to_owned(),
    }
}

/// The sum of the sizes that are known, or `None` where 64 bits cannot hold it.
pub fn weight(entries: &[Entry]) -> Option<u64> {
    entries
        .iter()
        .filter_map(|entry| entry.size)
        .try_fold(0, u64::checked_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, size: Option<u64>) -> Entry {
        Entry {
            path: path.to_owned(),
            size,
        }
    }

    #[test]
    fn a_line_is_a_path_and_a_size() {
        assert_eq!(
            read_line("rpds/__init__.py,sha256=w3Mg,99"),
            Ok(entry("rpds/__init__.py", Some(99)))
        );
    }

    #[test]
    fn a_size_may_be_missing() {
        assert_eq!(read_line("RECORD,,"), Ok(entry("RECORD", None)));
    }

    #[test]
    fn a_path_in_quotes_may_hold_commas_and_quotes() {
        assert_eq!(
            read_line(r#""a,""b"".py",sha256=w3Mg,"7""#),
            Ok(entry(r#"a,"b".py"#, Some(7)))
        );
    }

    #[test]
    fn a_line_that_is_none_says_why() {
        for (line, reason) in [
            ("", "there is no comma"),
            ("a.py", "there is no comma"),
            ("a.py,7", "there is one comma, and not two"),
            (
                "a.py,,7z",
                "the size is no number: invalid digit found in string",
            ),
            (
                "a.py,,-1",
                "the size is no number: invalid digit found in string",
            ),
            (
                "a.py,,18446744073709551616",
                "the size is no number: number too large to fit in target type",
            ),
        ] {
            assert_eq!(read_line(line), Err(reason.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_end_of_the_name_tells_the_kind() {
        for (path, kind) in [
            ("rpds/__init__.py", Kind::Source),
            ("rpds/__init__.pyi", Kind::Source),
            ("a.cpython-311.pyc", Kind::Bytecode),
            ("rpds/rpds.cpython-311-x86_64-linux-gnu.so", Kind::Native),
            ("numpy.libs/libgfortran.so.5.0.0", Kind::Native),
            ("numpy.libs/libgfortran.5", Kind::Other),
            ("a.so.py", Kind::Source),
            ("RECORD", Kind::Other),
            ("", Kind::Other),
        ] {
            assert_eq!(Kind::of(path), kind, "{path}");
        }
    }

    #[test]
    fn a_weight_leaves_out_what_is_not_known() {
        let entries = [
            entry("a", Some(2)),
            entry("RECORD", None),
            entry("b", Some(3)),
        ];
        assert_eq!(weight(&entries), Some(5));
        assert_eq!(weight(&[]), Some(0));
    }

    #[test]
    fn a_weight_that_does_not_fit_is_none() {
        assert_eq!(
            weight(&[entry("a", Some(u64::MAX)), entry("b", Some(1))]),
            None
        );
    }
}
