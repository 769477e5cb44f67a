//! What a rule is, and the way through a program on which each is asked.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::TextSize;

/// A rule: what it is called, what it says, and where in a program it says so.
pub trait Rule: Sync {
    /// Its code, as Ruff has it.
    fn code(&self) -> &'static str;

    /// What it says, for people.
    fn message(&self) -> &'static str;

    /// The places in a statement that break it. What stands
    /// within is asked about by itself.
    fn in_statement(&self, _: &Stmt) -> Vec<TextSize> {
        Vec::new()
    }

    /// The places in an expression that break it. What stands
    /// within is asked about by itself.
    fn in_expression(&self, _: &Expr) -> Vec<TextSize> {
        Vec::new()
    }
}

/// Goes through a program, and asks each rule about each statement and each expression.
pub struct Walker<'r> {
    rules: &'r [&'static dyn Rule],
    found: Vec<(TextSize, &'static dyn Rule)>,
}

impl<'a> Visitor<'a> for Walker<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        for rule in self.rules {
            let places = rule.in_statement(statement);
            self.found.extend(places.into_iter().map(|at| (at, *rule)));
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        for rule in self.rules {
            let places = rule.in_expression(expression);
            self.found.extend(places.into_iter().map(|at| (at, *rule)));
        }
        walk_expr(self, expression);
    }
}

/// All that the rules say of a program, in no order.
pub fn ask(rules: &[&'static dyn Rule], program: &[Stmt]) -> Vec<(TextSize, &'static dyn Rule)> {
    let found = Vec::new();
    let mut walker = Walker { rules, found };
    walker.visit_body(program);
    walker.found
}
