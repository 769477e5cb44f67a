//! One file, and what is to be said of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ruff_python_parser::parse_module;
use ruff_text_size::TextSize;

use super::checker::{Python, unused_imports};
use super::depth::too_deep;
use super::scopes::Import;

/// Larger files are no programs that anybody has written, and are not read.
pub const LARGEST: u64 = 16_000_000;

/// One thing that is to be said of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    pub path: PathBuf,
    /// From 1; 0 where it concerns the whole file.
    pub line: usize,
    /// In characters, from 1; 0 where it concerns the whole file.
    pub column: usize,
    /// As flake8 has them: F401 for an unused import, E902 for a file that cannot be
    /// read, E999 for an error of syntax.
    pub code: &'static str,
    pub message: String,
}

/// All that is to be said of a file, in the order of its lines.
pub fn check_file(path: &Path, python: &Python) -> Vec<Diagnostic> {
    match read(path) {
        Ok(source) => check_source(path, &source, python),
        Err(problem) => vec![Diagnostic::of_all(path, "E902", problem)],
    }
}

/// All that is to be said of a program, in the order of its lines.
fn check_source(path: &Path, source: &str, python: &Python) -> Vec<Diagnostic> {
    if too_deep(source) {
        let problem = "nested too deeply".to_owned();
        return vec![Diagnostic::of_all(path, "E999", problem)];
    }
    let say = |at, code, message| Diagnostic::at(path, source, at, code, message);
    match parse_module(source) {
        Ok(module) => {
            let unused = unused_imports(module.suite(), python).into_iter();
            let said = |import: Import| format!("'{}' imported but unused", import.shown);
            let mut found: Vec<_> = unused
                .map(|import| say(import.start, "F401", said(import)))
                .collect();
            found.sort_unstable();
            found
        }
        Err(error) => vec![say(error.location.start(), "E999", printable(&error.error))],
    }
}

impl Diagnostic {
    /// Said of a whole file.
    fn of_all(path: &Path, code: &'static str, message: String) -> Self {
        Self {
            path: path.to_owned(),
            line: 0,
            column: 0,
            code,
            message,
        }
    }

    /// Said of a place in a file.
    fn at(path: &Path, source: &str, at: TextSize, code: &'static str, message: String) -> Self {
        let (line, column) = position(source, at);
        Self {
            line,
            column,
            ..Self::of_all(path, code, message)
        }
    }
}

/// A message in which control characters do no harm.
fn printable(message: &impl ToString) -> String {
    let mut shown = String::new();
    for letter in message.to_string().chars() {
        if letter.is_control() {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// The text of a file, or why there is none.
fn read(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| said(&error))?;
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| said(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("larger than {} MB", LARGEST / 1_000_000));
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        format!("not UTF-8: byte {place} belongs to no character")
    })
}

/// What the system says, without its number.
pub fn said(error: &io::Error) -> String {
    let words = error.to_string();
    words
        .split(" (os error")
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Line and column, both from 1.
fn position(source: &str, offset: TextSize) -> (usize, usize) {
    let before = source.get(..offset.to_usize()).unwrap_or(source);
    let ends = before.bytes().enumerate().filter(|(place, byte)| {
        *byte == b'\n' || *byte == b'\r' && source.as_bytes().get(place + 1) != Some(&b'\n')
    });
    let (count, start) = ends.fold((0, 0), |(count, _), (place, _)| (count + 1, place + 1));
    (count + 1, before[start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Python, check_source};

    fn said(source: &str) -> Vec<String> {
        let found = check_source(Path::new("a.py"), source, &Python::default());
        let said = |one: super::Diagnostic| format!("{}:{} {}", one.line, one.column, one.message);
        found.into_iter().map(said).collect()
    }

    #[test]
    fn an_import_that_nobody_uses_is_said_where_it_stands() {
        assert_eq!(said("é = 1; import os\n"), ["1:8 'os' imported but unused"]);
        assert_eq!(
            said("if 1:\r\n    from a import b as c, d\r\n"),
            [
                "2:5 'a.b as c' imported but unused",
                "2:5 'a.d' imported but unused"
            ]
        );
    }

    #[test]
    fn a_name_that_is_read_is_used_wherever_that_is() {
        for source in [
            "import os\nos",
            "def f():\n    return os\nimport os",
            "import os\nx: 'os.PathLike'",
            "import os\n__all__ = ['os']",
            "import os\nf'{os}'",
            "import os.path as path\n[path for _ in ()]",
            "from __future__ import annotations",
        ] {
            assert_eq!(said(source), [""; 0], "{source}");
        }
    }

    #[test]
    fn a_method_does_not_see_the_names_of_its_class() {
        let source = "import os\nclass A:\n    os = 1\n    def f(self):\n        return os";
        assert_eq!(said(source), [""; 0]);
    }

    #[test]
    fn an_error_of_syntax_is_said_and_control_characters_do_no_harm() {
        assert_eq!(
            said("import"),
            ["1:7 Expected one or more symbol names after import"]
        );
        assert_eq!(said("\0"), ["1:1 Got unexpected token \\u{0}"]);
    }

    #[test]
    fn what_is_nested_too_deeply_is_said_and_not_tried() {
        for piece in [
            "(",
            "[0,",
            "not ",
            "-",
            "a.",
            "f(x)(",
            "lambda x, y: ",
            "1 + ",
            "{0: ",
            "x if x else ",
        ] {
            let source = format!("z = {}", piece.repeat(60_000));
            assert_eq!(said(&source), ["0:0 nested too deeply"], "{piece}");
        }
        let flat = format!("z = [{}]", "('a' 'b', 1), ".repeat(60_000));
        assert_eq!(said(&flat), [""; 0]);
    }
}
