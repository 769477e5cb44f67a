//! How much a single statement may hold.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer::lex};

/// A statement with more brackets, operators and keywords than this is not looked at.
pub const MOST: usize = 50_000;

/// Stack for whatever such a statement may nest.
pub const STACK: usize = 512 << 20;

/// Whether some statement holds so much that going through it might
/// take more stack than there is.
///
/// Whatever nests takes at least one token that is no name, number, text, comma or
/// closing bracket. So their number bounds the depth, in whatever order they stand.
/// It is a generous bound: a table of fifty thousand tuples is as flat as it is
/// long, and refused all the same.
pub fn too_full(source: &str) -> bool {
    if source.len() <= MOST {
        return false;
    }
    let mut lexer = lex(source, Mode::Module);
    let (mut opened, mut indents) = (0, 0_usize);
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return false,
            TokenKind::Newline => opened = 0,
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::Comma
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace => {}
            _ => opened += 1,
        }
        if opened + indents > MOST {
            return true;
        }
    }
}
