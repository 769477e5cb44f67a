//! How deeply a program may be nested.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer::lex};

/// Whoever goes through a program goes as deep as it is nested, and each
/// step down takes some of the stack.
pub const DEEPEST: usize = 50_000;

/// Stack for a program as deep as that.
pub const STACK: usize = 512 << 20;

/// Whether a program may be nested deeper than `DEEPEST`.
///
/// One token opens one level at most, and a comma or a new line ends all that was begun
/// since the bracket, but for a `lambda`, whose parameters have commas too.
pub fn too_deep(source: &str) -> bool {
    if source.len() <= DEEPEST {
        return false;
    }
    let mut lexer = lex(source, Mode::Module);
    let (mut levels, mut open, mut indents, mut lambdas) = (vec![0_usize], 0, 0_usize, 0);
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return false,
            TokenKind::Newline => {
                levels.truncate(1);
                levels[0] = 0;
                (open, lambdas) = (0, 0);
            }
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                levels.push(1);
                open += 1;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace if levels.len() > 1 => {
                // What was in brackets is now one operand, at
                // most as deep as what follows it.
                open -= levels.pop().unwrap_or_default();
                if let Some(level) = levels.last_mut() {
                    *level += 1;
                    open += 1;
                }
            }
            TokenKind::Comma => {
                let inside = usize::from(levels.len() > 1); // the bracket itself is still open
                if let Some(level) = levels.last_mut() {
                    open = open + inside - *level;
                    *level = inside;
                }
            }
            TokenKind::String | TokenKind::NonLogicalNewline | TokenKind::Comment => {}
            kind => {
                lambdas += usize::from(kind == TokenKind::Lambda);
                if let Some(level) = levels.last_mut() {
                    *level += 1;
                    open += 1;
                }
            }
        }
        if open + indents + lambdas > DEEPEST {
            return true;
        }
    }
}
