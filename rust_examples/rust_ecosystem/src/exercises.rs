//! Exercises: what a parser brings along, a false alarm, and a rule of your own.
#![allow(unused_variables)]
#![allow(clippy::doc_link_with_quotes)] // Python's lists are no links

use pyo3::pymodule;

/// Evidence and rules, for you to finish.
#[pymodule(submodule)]
pub mod exercises {
    use std::iter::zip;

    use pyo3::exceptions::PyNotImplementedError;
    use pyo3::prelude::*;
    use ruff_python_ast::{CmpOp, Expr};
    use ruff_text_size::{Ranged, TextSize};

    use crate::linter::checked;
    use crate::rule::Rule;

    /// Predict: Your company has two rules. Nothing under a licence whose name begins with `LGPL` may go into a
    /// package, and a package must build where there is no C compiler. (A build that calls one has the crate
    /// `cc` among what it brings along.) Which of the three parsers keep both rules?
    ///
    /// Return three answers, for `ruff_python_parser`, `rustpython-parser` and `tree-sitter-python`. The case asks
    /// cargo, as you could.
    ///
    /// >>> import subprocess
    /// >>> from workbook.layout import ROOT
    /// >>> folder = ROOT / "rust_examples" / "rust_ecosystem" / "candidates"
    /// >>> tree = "cargo tree --locked --edges normal,build --prefix none --format".split()
    /// >>> tree += ["{p} {l}"]
    /// >>> def keeps_both(name):
    /// ...     target = ["--target", "x86_64-unknown-linux-gnu"]
    /// ...     command = [*tree, *target, "--features", name]
    /// ...     lines = subprocess.check_output(command, cwd=folder, text=True).splitlines()
    /// ...     return not any(line.startswith("cc v") or " LGPL" in line for line in lines)
    /// >>> parsers = ["ruff_python_parser", "rustpython-parser", "tree-sitter-python"]
    /// >>> keep_both() == [keeps_both(name) for name in parsers]
    /// True
    #[pyfunction]
    fn keep_both() -> PyResult<Vec<bool>> {
        Err(PyNotImplementedError::new_err("which keep both rules?"))
    }

    /// Repair: `is` asks whether both sides are the same object, and whether two equal numbers or texts are is up to
    /// Python. So this rule, F632 of Ruff, reports each `is` that is followed by a literal. But `x is None` is what
    /// everybody should write: a false alarm. Report numbers, texts and bytes, and nothing else.
    ///
    /// >>> is_literal("x is 1")
    /// [(1, 6)]
    /// >>> is_literal("if x is not 'a' and y is b'b':\n    z is 1.5")
    /// [(1, 13), (1, 26), (2, 10)]
    /// >>> is_literal("x == 1")
    /// []
    /// >>> is_literal("x is None or x is not None")
    /// []
    /// >>> is_literal("x is True or x is ...")
    /// []
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
                zip(&compare.ops, &compare.comparators)
                    .filter(|(operator, _)| matches!(operator, CmpOp::Is | CmpOp::IsNot))
                    .filter(|(_, operand)| operand.is_literal_expr())
                    .map(|(_, operand)| operand.start())
                    .collect()
            }
        }

        let found = checked(py, source, &[&IsLiteral], true)?;
        Ok(found.iter().map(|one| (one.line, one.column)).collect())
    }

    /// Build: A rule of your own, E713 of Ruff: `not x in y` is what `x not in y` is for. It looks at expressions,
    /// and reports where the `not` stands.
    ///
    /// Declare a type, give it the trait `Rule`, and hand it to `checked`, as `is_literal` does. `Expr::UnaryOp` has
    /// an `op` and an `operand`.
    ///
    /// >>> not_in("not x in y")
    /// [(1, 1)]
    /// >>> not_in("x not in y")
    /// []
    /// >>> not_in("if a and not (x in y):\n    b = not x in y")
    /// [(1, 10), (2, 9)]
    /// >>> not_in("not (x in y and y in z)")
    /// []
    /// >>> not_in("-(x in y)")
    /// []
    /// >>> not_in("not x in y in z")
    /// []
    /// >>> not_in("not x is y")
    /// []
    #[pyfunction]
    fn not_in(py: Python<'_>, source: &str) -> PyResult<Vec<(usize, usize)>> {
        Err(PyNotImplementedError::new_err(
            "declare a type for the rule first",
        ))
    }
}
