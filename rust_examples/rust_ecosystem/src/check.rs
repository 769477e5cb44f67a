//! One program, and all that is to be said of it.

use ruff_python_parser::parse_module;
use ruff_source_file::LineIndex;
use ruff_text_size::TextSize;

use crate::fullness::{MOST, too_full};
use crate::noqa::Noqa;
use crate::rule::{Rule, ask};
use crate::source::{LARGEST, too_large};

/// One thing that is to be said of a program.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// From 1; 0 where it concerns all of it.
    pub line: usize,
    /// In characters, from 1; 0 where it concerns all of it.
    pub column: usize,
    /// Whose rule it is; `E902` for what cannot be read, `E999` for an error of syntax.
    pub code: &'static str,
    /// In words.
    pub message: String,
}

impl Finding {
    /// Said of all of it, since it cannot be read.
    pub fn unreadable(message: String) -> Self {
        Self {
            line: 0,
            column: 0,
            code: "E902",
            message,
        }
    }
}

/// What the rules say of a program, in the order of its lines. `noqa`
/// is whether comments are heeded.
///
/// It may take as much stack as `fullness::STACK`.
pub fn check(source: &str, rules: &[&'static dyn Rule], noqa: bool) -> Vec<Finding> {
    let index = LineIndex::from_source_text(source);
    let at = |place: TextSize, code, message: &str| {
        let place = index.line_column(place, source);
        let (line, column, message) = (place.line.get(), place.column.get(), message.to_owned());
        Finding {
            line,
            column,
            code,
            message,
        }
    };
    if source.len() > LARGEST {
        return vec![Finding::unreadable(too_large())];
    }
    if too_full(source) {
        let message = format!("a statement of more than {MOST} brackets and operators");
        return vec![Finding::unreadable(message)];
    }
    match parse_module(source) {
        Ok(module) => {
            let spared = Noqa::new(module.tokens(), source);
            let mut found = ask(rules, module.suite());
            found.retain(|(place, rule)| !(noqa && spared.spares(*place, rule.code())));
            let said = found
                .into_iter()
                .map(|(place, rule)| at(place, rule.code(), rule.message()));
            let mut said: Vec<_> = said.collect();
            said.sort_unstable();
            said
        }
        Err(error) => vec![at(error.location.start(), "E999", &printable(&error.error))],
    }
}

/// A message in which control characters do no harm.
fn printable(message: &impl ToString) -> String {
    let mut shown = String::new();
    for letter in message.to_string().chars() {
        if letter.is_control() {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}
