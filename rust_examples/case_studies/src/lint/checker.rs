//! Which imports of a file nobody uses.
//!
//! The rules are those of pyflakes 4.1 (`pyflakes/checker.py`, MIT licence): the file is
//! gone through once, from the top; the body of a function waits until all else has been
//! seen, for it may use what is defined below it.

use std::collections::{HashSet, VecDeque};

use foldhash::fast::RandomState;
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, ExprStringLiteral, ModModule, Parameters, Stmt};
use ruff_python_parser::{Parsed, parse_module};

use super::depth::too_deep;
use super::kept::Kept;
use super::scopes::{Binding, Import, Kind, Place, Scope, Typing};

/// What Python has beside the file: the names that are there by themselves, and
/// when annotations are looked at.
#[derive(Debug, Default)]
pub struct Python {
    pub builtins: HashSet<String, RandomState>,
    /// Annotations wait, as they do from Python 3.14 on.
    pub lazy_annotations: bool,
}

/// Work that waits until the rest of the file has been seen.
enum Later<'a> {
    Function(&'a Parameters, &'a [Stmt]),
    Lambda(Option<&'a Parameters>, &'a Expr),
    Annotation(&'a Expr),
    /// An annotation in quotation marks.
    Quoted(&'a ExprStringLiteral),
}

/// Whether a string is a type, and whether its names may be defined later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Annotated {
    No,
    Bare,
    Quoted,
}

struct Waiting<'a> {
    work: Later<'a>,
    scopes: Vec<usize>,
    conditional: bool,
}

/// A file on the way.
pub struct Checker<'a> {
    python: &'a Python,
    quoted: &'a Kept<Parsed<ModModule>>,
    all: Vec<Scope>,
    /// The scopes that we are in, the innermost last.
    pub scopes: Vec<usize>,
    waiting: VecDeque<Waiting<'a>>,
    pub annotated: Annotated,
    /// Within an `if` or a `while`, where a `del` may not happen.
    pub conditional: bool,
    pub future_annotations: bool,
}

/// The unused imports of a module, in any order.
pub fn unused_imports(module: &[Stmt], python: &Python) -> Vec<Import> {
    let quoted = Kept::default();
    let mut checker = Checker {
        python,
        quoted: &quoted,
        all: vec![Scope::new(Place::Module)],
        scopes: vec![0],
        waiting: VecDeque::new(),
        annotated: Annotated::No,
        conditional: false,
        future_annotations: false,
    };
    checker.body(module);
    checker.finish()
}

impl<'a> Checker<'a> {
    fn finish(mut self) -> Vec<Import> {
        while let Some(Waiting {
            work,
            scopes,
            conditional,
        }) = self.waiting.pop_front()
        {
            (self.scopes, self.conditional) = (scopes, conditional);
            match work {
                Later::Function(parameters, body) => self.within(Place::Function, |checker| {
                    checker.parameters(parameters);
                    checker.body(body);
                }),
                Later::Lambda(parameters, body) => self.within(Place::Function, |checker| {
                    if let Some(parameters) = parameters {
                        checker.parameters(parameters);
                    }
                    checker.expression(body);
                }),
                Later::Annotation(expression) => self.annotation_now(expression),
                Later::Quoted(string) => self.quoted_now(string),
            }
        }
        let seen = self
            .all
            .iter_mut()
            .filter(|scope| scope.place != Place::Class);
        seen.flat_map(|scope| scope.unused().cloned().collect::<Vec<_>>())
            .collect()
    }

    fn wait(&mut self, work: Later<'a>) {
        self.waiting.push_back(Waiting {
            work,
            scopes: self.scopes.clone(),
            conditional: self.conditional,
        });
    }

    pub fn function_later(&mut self, parameters: &'a Parameters, body: &'a [Stmt]) {
        self.wait(Later::Function(parameters, body));
    }

    pub fn lambda_later(&mut self, parameters: Option<&'a Parameters>, body: &'a Expr) {
        self.wait(Later::Lambda(parameters, body));
    }

    pub fn annotation_later(&mut self, expression: &'a Expr) {
        self.wait(Later::Annotation(expression));
    }

    /// A string where a type may stand.
    pub fn string(&mut self, string: &'a ExprStringLiteral) {
        if self.annotated != Annotated::No {
            self.wait(Later::Quoted(string));
        }
    }

    pub fn annotation(&mut self, expression: &'a Expr) {
        if self.future_annotations || self.python.lazy_annotations {
            self.annotation_later(expression);
        } else {
            self.annotation_now(expression);
        }
    }

    fn annotation_now(&mut self, expression: &'a Expr) {
        self.as_annotation(Annotated::Bare, |checker| checker.expression(expression));
    }

    fn quoted_now(&mut self, string: &'a ExprStringLiteral) {
        let source = string.value.to_str();
        if too_deep(source) {
            return;
        }
        let Ok(parsed) = parse_module(source) else {
            return;
        };
        if let [Stmt::Expr(statement)] = self.quoted.keep(parsed).suite().as_slice() {
            self.as_annotation(Annotated::Quoted, |checker| {
                checker.expression(&statement.value);
            });
        }
    }

    pub fn as_annotation(&mut self, annotated: Annotated, work: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.annotated, annotated);
        work(self);
        self.annotated = before;
    }

    pub fn within(&mut self, place: Place, work: impl FnOnce(&mut Self)) {
        self.scopes.push(self.all.len());
        self.all.push(Scope::new(place));
        work(self);
        self.scopes.pop();
    }

    pub fn in_condition(&mut self, work: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.conditional, true);
        work(self);
        self.conditional = before;
    }

    /// The innermost scope.
    pub fn scope(&mut self) -> &mut Scope {
        let index = self.scopes.last().copied().unwrap_or_default();
        &mut self.all[index]
    }

    pub fn bind(&mut self, name: &Name, kind: Kind) {
        self.scope().bind(name.clone(), kind, false);
    }

    /// `name := value`: a comprehension hands the name on to the scope around it.
    pub fn bind_walrus(&mut self, name: &Name) {
        let used = self.scope().names.get(name).is_some_and(|old| old.used);
        let around = self.scopes.iter().rev();
        let index = around
            .copied()
            .find(|index| self.all[*index].place != Place::Comprehension)
            .unwrap_or_default();
        let names = &mut self.all[index].names;
        let other = Binding {
            kind: Kind::Other,
            used,
        };
        match names.get_mut(name) {
            Some(old) if !matches!(old.kind, Kind::Annotation) => {}
            Some(old) => *old = other,
            None => {
                names.insert(name.clone(), other);
            }
        }
    }

    /// `global` and `nonlocal`.
    pub fn declare(&mut self, name: &Name) {
        if self.scopes.len() == 1 {
            return;
        }
        let declared = Binding {
            kind: Kind::Other,
            used: true,
        };
        let module = &mut self.all[self.scopes[0]].names;
        module.entry(name.clone()).or_insert(declared.clone());
        for index in &self.scopes[1..] {
            self.all[*index]
                .names
                .insert(name.clone(), declared.clone());
        }
    }

    pub fn delete(&mut self, name: &str) {
        if !self.conditional {
            self.scope().names.remove(name);
        }
    }

    /// A name is read: find what it is bound to, from the innermost scope outwards.
    pub fn load(&mut self, name: &str) {
        let postponed = self.annotated == Annotated::Quoted
            || self.annotated == Annotated::Bare
                && (self.future_annotations || self.python.lazy_annotations);
        let mut sees_class = None;
        let mut starred = false;
        for depth in (0..self.scopes.len()).rev() {
            let scope = &mut self.all[self.scopes[depth]];
            if scope.place == Place::Class {
                if name == "__class__" {
                    return;
                }
                if sees_class == Some(false) {
                    continue; // a method does not see the names of its class
                }
            }
            if let Some(binding) = scope.names.get_mut(name) {
                binding.used = true;
                if !matches!(binding.kind, Kind::Annotation) || postponed {
                    let alias_of = match &binding.kind {
                        Kind::Import(import) => import.alias_of.clone(),
                        _ => None,
                    };
                    if let Some(other) = alias_of.and_then(|other| scope.names.get_mut(&other)) {
                        other.used = true;
                    }
                    return;
                }
                continue;
            }
            if depth == 0 && self.python.builtins.contains(name) {
                let used = Binding {
                    kind: Kind::Other,
                    used: true,
                };
                scope.names.insert(Name::new(name), used);
                return;
            }
            starred |= scope.starred;
            if sees_class != Some(false) {
                sees_class = Some(matches!(scope.place, Place::Types | Place::Comprehension));
            }
        }
        if starred {
            for index in &self.scopes {
                self.all[*index].use_stars();
            }
        }
    }

    /// Whether an expression names a member of `typing` of which `wanted` approves.
    pub fn is_typing(&self, expression: &Expr, wanted: impl Fn(&str) -> bool) -> bool {
        match expression {
            Expr::Name(name) => match self.import(&name.id) {
                Some(Import {
                    typing: Typing::Member(member),
                    ..
                }) => wanted(member),
                _ => false,
            },
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) => {
                    let import = self.import(&name.id);
                    import.is_some_and(|import| import.typing == Typing::Module)
                        && wanted(&attribute.attr)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The import that a name stands for.
    fn import(&self, name: &str) -> Option<&Import> {
        let mut around = self.scopes.iter().rev();
        let found = around.find_map(|index| self.all[*index].names.get(name))?;
        match &found.kind {
            Kind::Import(import) => Some(import),
            _ => None,
        }
    }
}
