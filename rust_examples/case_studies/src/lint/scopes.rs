//! Names and what they are bound to, scope by scope, as pyflakes keeps them.

use std::collections::hash_map::{Entry, HashMap};

use foldhash::fast::RandomState;
use ruff_python_ast::name::Name;
use ruff_text_size::TextSize;

/// What a name is bound to.
#[derive(Clone, Debug)]
pub struct Binding {
    pub kind: Kind,
    pub used: bool,
}

/// The kinds of bindings that the search for unused imports must tell apart.
#[derive(Clone, Debug)]
pub enum Kind {
    Import(Box<Import>),
    /// `__all__`, and the names in it.
    Export(Vec<Name>),
    /// `name: type`, without a value.
    Annotation,
    Other,
}

/// A name that an import has brought.
#[derive(Clone, Debug)]
pub struct Import {
    /// What is said to be unused: `os.path`, or `numpy as np`.
    pub shown: String,
    /// Where the statement begins.
    pub start: TextSize,
    /// A name that is used whenever this one is: `os`, where
    /// `import os as system` follows `import os.path`.
    pub alias_of: Option<Name>,
    pub star: bool,
    pub typing: Typing,
}

/// What an import has to do with `typing`, where strings may be types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typing {
    Module,
    Member(Name),
    Not,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Module,
    Class,
    Function,
    /// Where the type parameters of a generic live.
    Types,
    Comprehension,
}

#[derive(Debug)]
pub struct Scope {
    pub place: Place,
    pub names: HashMap<Name, Binding, RandomState>,
    pub starred: bool,
}

impl Scope {
    pub fn new(place: Place) -> Self {
        Self {
            place,
            names: HashMap::default(),
            starred: false,
        }
    }

    /// Bind a name anew. Whoever was used before is used still: it may be read in a loop.
    pub fn bind(&mut self, name: Name, kind: Kind, used: bool) {
        match self.names.entry(name) {
            Entry::Occupied(mut entry) => {
                if !matches!(kind, Kind::Annotation) {
                    let used = entry.get().used;
                    entry.insert(Binding { kind, used });
                }
            }
            Entry::Vacant(entry) => {
                entry.insert(Binding { kind, used });
            }
        }
    }

    /// All that `import *` has brought counts as used.
    pub fn use_stars(&mut self) {
        for binding in self.names.values_mut() {
            if matches!(&binding.kind, Kind::Import(import) if import.star) {
                binding.used = true;
            }
        }
    }

    /// The imports that nobody has used, in any order.
    pub fn unused(&mut self) -> impl Iterator<Item = &Import> {
        let exported = match self.names.get("__all__") {
            Some(Binding {
                kind: Kind::Export(names),
                ..
            }) => names.clone(),
            _ => Vec::new(),
        };
        if self.starred && exported.iter().any(|name| !self.names.contains_key(name)) {
            self.use_stars();
        }
        self.names.iter().filter_map(move |(name, binding)| {
            let unused = !binding.used && !exported.contains(name);
            match &binding.kind {
                Kind::Import(import) if unused => Some(&**import),
                _ => None,
            }
        })
    }
}
