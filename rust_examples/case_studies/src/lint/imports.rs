//! What an import statement binds, and what it is called when nobody uses it.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Alias, Expr, Operator, StmtImportFrom};
use ruff_text_size::{Ranged, TextSize};

use super::scopes::{Import, Typing};
use super::visit::elements;

const TYPING: [&str; 2] = ["typing", "typing_extensions"];

/// `import os`, `import os.path` or `import numpy as np`: the name bound, and its import.
pub fn plain_import(alias: &Alias, start: TextSize) -> (Name, Import) {
    let full = &alias.name.id;
    let typing = if TYPING.contains(&full.as_str()) {
        Typing::Module
    } else {
        Typing::Not
    };
    let mut import = Import {
        shown: full.to_string(),
        start,
        alias_of: None,
        star: false,
        typing,
    };
    let Some(asname) = &alias.asname else {
        let first = full.split('.').next().unwrap_or_default();
        return (Name::new(first), import);
    };
    if full.rsplit('.').next() != Some(asname.as_str()) {
        import.shown = format!("{full} as {asname}");
        import.alias_of = Some(full.clone());
    }
    (asname.id.clone(), import)
}

/// `from json import loads as read`: the name bound, and its import.
pub fn from_import(statement: &StmtImportFrom, alias: &Alias) -> (Name, Import) {
    let dots = ".".repeat(statement.level as usize);
    let module = statement
        .module
        .as_ref()
        .map_or("", |module| module.as_str());
    let module = format!("{dots}{module}");
    let (real, start) = (&alias.name.id, statement.start());
    let import = |shown, star, typing| Import {
        shown,
        start,
        alias_of: None,
        star,
        typing,
    };
    if real == "*" {
        let shown = if module.ends_with('.') {
            format!("from {module} import *")
        } else {
            format!("{module}.*")
        };
        let name = Name::new(format!("{module}.*"));
        return (name, import(shown, true, Typing::Not));
    }
    let name = alias.asname.as_ref().map_or(real, |name| &name.id);
    let between = if module.ends_with('.') { "" } else { "." };
    let mut shown = format!("{module}{between}{real}");
    if name != real {
        shown = format!("{shown} as {name}");
    }
    let typing = if TYPING.contains(&module.as_str()) {
        Typing::Member(real.clone())
    } else {
        Typing::Not
    };
    (name.clone(), import(shown, false, typing))
}

/// The names in the value of `__all__`: a list or a tuple of strings, or a sum of these.
pub fn listed(value: &Expr, names: &mut Vec<Name>) {
    let mut add = |expression: &Expr| {
        let strings = elements(expression).iter();
        names.extend(strings.filter_map(|element| match element {
            Expr::StringLiteral(string) => Some(Name::new(string.value.to_str())),
            _ => None,
        }));
    };
    let mut value = value;
    while let Expr::BinOp(sum) = value
        && sum.op == Operator::Add
        && matches!(&*sum.right, Expr::List(_) | Expr::Tuple(_))
    {
        add(&sum.right);
        value = &sum.left;
    }
    add(value);
}
