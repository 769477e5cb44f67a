//! A small Ruff: the unused imports of all Python files in a folder, with
//! Ruff's own parser, on every core.

mod checker;
mod depth;
mod file;
mod imports;
mod kept;
mod scopes;
mod tree;
mod visit;

pub use checker::Python;
pub use file::Diagnostic;
pub use tree::{Stop, check_tree};
