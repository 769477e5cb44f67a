//! The exercises, solved.
#![allow(clippy::unnecessary_wraps)] // The signatures are those of the stubs.

use pyo3::pymodule;

/// Evidence and rules, finished.
#[pymodule(submodule)]
pub mod solutions {
    use std::iter::zip;

    use pyo3::prelude::*;
    use ruff_python_ast::{CmpOp, Expr, UnaryOp};
    use ruff_text_size::{Ranged, TextSize};

    use crate::linter::checked;
    use crate::rule::Rule;

    /// None of them. rustpython-parser brings the LGPL, by its integers; tree-sitter's grammars are C; and Ruff's
    /// parser, all Rust itself, brings `stacker`, which takes a few lines of assembly to get more stack, and hands
    /// them to `cc`. So one of the rules has to give way, and it is better to learn that today than at a release.
    ///
    /// # Hints
    ///
    /// 1. The page shows who brings the LGPL. For the other rule, a parser's own language says little.
    /// 2. In the folder `candidates`, `cargo tree --features ruff_python_parser --invert cc` says who wants it.
    ///
    /// # Misconceptions
    ///
    /// - `[True, False, False]`: a crate that is all Rust may bring one that is not; look for `cc` in its tree.
    /// - `[True, True, False]`: look at rustpython-parser's licences, and for `cc` in the tree of Ruff's.
    /// - `[False, True, False]`: no C is needed for rustpython-parser, but look at the licences that it brings.
    /// - `[True, True, True]`: no candidate is without a catch; ask cargo tree for each.
    #[pyfunction]
    fn keep_both() -> PyResult<Vec<bool>> {
        Ok(vec![false, false, false])
    }

    /// `is_literal_expr` is true of all that Ruff calls literals, and `None`, `True`, `False` and `...` are among
    /// them. Of each of these there is one object only, so `is` is right. So we name what we want.
    ///
    /// # Hints
    ///
    /// 1. Which literals are there once and for all, and which may be there twice?
    /// 2. `matches!` with `Expr::NumberLiteral(_)`, `Expr::StringLiteral(_)` and `Expr::BytesLiteral(_)`.
    ///
    /// # Misconceptions
    ///
    /// - `[(1, 6), (1, 23)]`: None is there once, so `is None` is right, and so is `is not None`.
    /// - `[(1, 6), (1, 19)]`: not None alone is there once: True, False and `...` are, too.
    #[pyfunction]
    fn is_literal(py: Python<'_>, source: &str) -> PyResult<Vec<(usize, usize)>> {
        struct IsLiteral;

        impl Rule for IsLiteral {
            fn code(&self) -> &'static str {
                "F632"
            }

            fn message(&self) -> &'static str {
                "compare this by =="
            }

            fn in_expression(&self, expression: &Expr) -> Vec<TextSize> {
                let Expr::Compare(compare) = expression else {
                    return Vec::new();
                };
                let can_be_there_twice = |operand: &Expr| {
                    matches!(
                        operand,
                        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_)
                    )
                };
                zip(&compare.ops, &compare.comparators)
                    .filter(|(operator, _)| matches!(operator, CmpOp::Is | CmpOp::IsNot))
                    .filter(|(_, operand)| can_be_there_twice(operand))
                    .map(|(_, operand)| operand.start())
                    .collect()
            }
        }

        let found = checked(py, source, &[&IsLiteral], true)?;
        Ok(found.iter().map(|one| (one.line, one.column)).collect())
    }

    /// Two forms have to fit, one within the other: a `not`, and in it a comparison by `in` and nothing more. In
    /// `not x in y in z` there are two comparisons, and no `not in` would say the same.
    ///
    /// # Hints
    ///
    /// 1. Take the expression apart in two steps: is it a `not`, and what is it the `not` of?
    /// 2. `let Expr::UnaryOp(unary) = expression`, `UnaryOp::Not`, and `matches!(compare.ops[..], [CmpOp::In])`.
    ///
    /// # Misconceptions
    ///
    /// - `[(1, 1)]`: of all that begins with a sign or a `not`, only a `not` around a single `in` is meant.
    #[pyfunction]
    fn not_in(py: Python<'_>, source: &str) -> PyResult<Vec<(usize, usize)>> {
        struct NotIn;

        impl Rule for NotIn {
            fn code(&self) -> &'static str {
                "E713"
            }

            fn message(&self) -> &'static str {
                "write `x not in y`"
            }

            fn in_expression(&self, expression: &Expr) -> Vec<TextSize> {
                match expression {
                    Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => match &*unary.operand {
                        Expr::Compare(compare) if matches!(compare.ops[..], [CmpOp::In]) => {
                            vec![unary.start()]
                        }
                        _ => Vec::new(),
                    },
                    _ => Vec::new(),
                }
            }
        }

        let found = checked(py, source, &[&NotIn], true)?;
        Ok(found.iter().map(|one| (one.line, one.column)).collect())
    }
}
