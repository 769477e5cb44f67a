//! What comments ask to be spared: `# noqa`, or
//! `# noqa: E711, E722`, as Ruff and Flake8 have it.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The lines that carry a `# noqa`, each with the codes that it
/// names; none where it means all.
pub struct Noqa(Vec<(TextRange, Vec<String>)>);

impl Noqa {
    /// Read the comments. A line is what stands between two tokens that end
    /// lines: a text over several lines, or a line that ends in a backslash,
    /// goes on to where its comment is.
    pub fn new(tokens: &Tokens, source: &str) -> Self {
        let (mut lines, mut start, mut texts) = (Vec::new(), TextSize::default(), 0_u32);
        for token in tokens {
            match token.kind() {
                TokenKind::FStringStart | TokenKind::TStringStart => texts += 1,
                TokenKind::FStringEnd | TokenKind::TStringEnd => texts = texts.saturating_sub(1),
                TokenKind::Newline | TokenKind::NonLogicalNewline if texts == 0 => {
                    start = token.end();
                }
                TokenKind::Comment if texts == 0 => {
                    if let Some(codes) = spared(&source[token.range()]) {
                        lines.push((TextRange::new(start, token.start()), codes));
                    }
                }
                _ => {}
            }
        }
        Self(lines)
    }

    /// Whether what a rule says of a place is to be kept back.
    pub fn spares(&self, place: TextSize, code: &str) -> bool {
        self.0.iter().any(|(line, codes)| {
            line.contains_inclusive(place)
                && (codes.is_empty() || codes.iter().any(|one| one == code))
        })
    }
}

/// The codes that a comment names, none where it means all, or
/// `None` where it asks for nothing.
fn spared(comment: &str) -> Option<Vec<String>> {
    let after = comment.split('#').find_map(|part| {
        let (word, after) = part.trim_start().split_at_checked(4)?;
        word.eq_ignore_ascii_case("noqa").then_some(after)
    })?;
    if let Some(named) = after.trim_start().strip_prefix(':') {
        let words = named
            .split([',', ' ', '\t'])
            .filter(|word| !word.is_empty());
        let codes: Vec<_> = words
            .take_while(|word| is_code(word))
            .map(str::to_owned)
            .collect();
        (!codes.is_empty()).then_some(codes)
    } else {
        (after.is_empty() || after.starts_with(char::is_whitespace)).then(Vec::new)
    }
}

/// Capital letters, and then digits.
fn is_code(word: &str) -> bool {
    let digits = word.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    digits.len() < word.len()
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::spared;

    #[test]
    fn a_comment_asks_for_all_or_for_what_it_names_or_for_nothing() {
        for (comment, expected) in [
            ("# noqa", Some(vec![])),
            ("#NoQA because we say so", Some(vec![])),
            ("# why # noqa", Some(vec![])),
            ("# noqa: E711", Some(vec!["E711"])),
            ("# noqa : E711,F541 for once", Some(vec!["E711", "F541"])),
            ("# noqa: because", None),
            ("# noqaE711", None),
            ("# no", None),
            ("# n\u{f6}qa", None),
        ] {
            let expected = expected.map(|codes| codes.into_iter().map(str::to_owned).collect());
            assert_eq!(spared(comment), expected, "{comment}");
        }
    }
}
