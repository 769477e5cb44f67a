//! The rules. Each looks at one statement or one expression, and
//! needs to know nothing of the rest.
//!
//! They are rules of Ruff, by its codes: `crates/ruff_linter/src/rules` in its
//! repository, MIT licence. Ruff looks up names as well, so it knows that `deque()` in a
//! default can be changed and that an argument annotated as a `Sequence` is never meant
//! to be; our `B006` does not. And it lets `1 == None` pass, which our `E711` does not.

use std::iter::{once, zip};

use ruff_python_ast::{CmpOp, ExceptHandler, Expr, InterpolatedStringElement, Stmt};
use ruff_text_size::{Ranged, TextSize};

use crate::rule::Rule;

/// Every rule there is, by code.
pub const ALL: [&dyn Rule; 5] = [
    &MutableDefault,
    &NoneComparison,
    &BareExcept,
    &EmptyFString,
    &AssertTuple,
];

/// A default that all calls share, and any call may change.
struct MutableDefault;

impl Rule for MutableDefault {
    fn code(&self) -> &'static str {
        "B006"
    }

    fn message(&self) -> &'static str {
        "all calls share this default: make it None, and a new one within"
    }

    fn in_statement(&self, statement: &Stmt) -> Vec<TextSize> {
        let Stmt::FunctionDef(function) = statement else {
            return Vec::new();
        };
        let parameters = function.parameters.iter_non_variadic_params();
        let defaults = parameters.filter_map(|parameter| parameter.default());
        defaults
            .filter(|it| can_change(it))
            .map(Ranged::start)
            .collect()
    }
}

/// Whether an expression makes something that can be changed, as far as can be
/// seen without looking up names.
fn can_change(expression: &Expr) -> bool {
    match expression {
        Expr::Call(call) => match &*call.func {
            Expr::Name(name) => ["bytearray", "dict", "list", "set"].contains(&name.id.as_str()),
            _ => false,
        },
        _ => matches!(
            expression,
            Expr::Dict(_)
                | Expr::DictComp(_)
                | Expr::List(_)
                | Expr::ListComp(_)
                | Expr::Set(_)
                | Expr::SetComp(_)
        ),
    }
}

/// `== None`, which asks the other side whether it equals `None`,
/// where `is None` asks whether it is.
struct NoneComparison;

impl Rule for NoneComparison {
    fn code(&self) -> &'static str {
        "E711"
    }

    fn message(&self) -> &'static str {
        "compare with None by `is` or `is not`"
    }

    fn in_expression(&self, expression: &Expr) -> Vec<TextSize> {
        let Expr::Compare(compare) = expression else {
            return Vec::new();
        };
        let operators = compare.ops.first().into_iter().chain(&compare.ops);
        let operands = once(&*compare.left).chain(&compare.comparators);
        zip(operators, operands)
            .filter(|(operator, _)| matches!(operator, CmpOp::Eq | CmpOp::NotEq))
            .filter(|(_, operand)| operand.is_none_literal_expr())
            .map(|(_, none)| none.start())
            .collect()
    }
}

/// `except:`, which catches Ctrl-C too. Where it ends in a
/// plain `raise`, it lets it go on.
struct BareExcept;

impl Rule for BareExcept {
    fn code(&self) -> &'static str {
        "E722"
    }

    fn message(&self) -> &'static str {
        "this catches Ctrl-C too: say `except Exception`"
    }

    fn in_statement(&self, statement: &Stmt) -> Vec<TextSize> {
        let Stmt::Try(tried) = statement else {
            return Vec::new();
        };
        let handlers = tried.handlers.iter().filter(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let raises = |it: &Stmt| matches!(it, Stmt::Raise(raise) if raise.exc.is_none());
            handler.type_.is_none() && !handler.body.iter().any(raises)
        });
        handlers.map(Ranged::start).collect()
    }
}

/// `f"…"` with nothing in braces.
struct EmptyFString;

impl Rule for EmptyFString {
    fn code(&self) -> &'static str {
        "F541"
    }

    fn message(&self) -> &'static str {
        "nothing is in braces here: leave out the f"
    }

    fn in_expression(&self, expression: &Expr) -> Vec<TextSize> {
        let Expr::FString(string) = expression else {
            return Vec::new();
        };
        let parts = || string.value.f_strings();
        let mut elements = parts().flat_map(|part| part.elements.iter());
        let filled = elements.any(InterpolatedStringElement::is_interpolation);
        let empty = parts().filter(|_| !filled);
        empty.map(Ranged::start).collect()
    }
}

/// `assert (x, "message")`, which never fails.
struct AssertTuple;

impl Rule for AssertTuple {
    fn code(&self) -> &'static str {
        "F631"
    }

    fn message(&self) -> &'static str {
        "a tuple with something in it is always true: leave out the brackets"
    }

    fn in_statement(&self, statement: &Stmt) -> Vec<TextSize> {
        match statement {
            Stmt::Assert(assert) => match &*assert.test {
                Expr::Tuple(tuple) if !tuple.elts.is_empty() => vec![assert.start()],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}
