//! The way through a file: what each statement and expression binds, reads
//! or deletes, and in which order.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{
    Alias, Arguments, Comprehension, ExceptHandler, Expr, ExprCall, ExprContext, ExprSubscript,
    Identifier, Parameter, Parameters, Pattern, Stmt, StmtAnnAssign, StmtClassDef, StmtFunctionDef,
    StmtImportFrom, TypeParam, TypeParams,
};
use ruff_text_size::{Ranged, TextSize};

use super::checker::{Annotated, Checker};
use super::imports::{from_import, plain_import};
use super::scopes::{Kind, Place};

impl<'a> Visitor<'a> for Checker<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.statement(statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.expression(expression);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        self.handler(handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        self.store(name);
        walk_pattern(self, pattern);
    }
}

impl<'a> Checker<'a> {
    pub fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn store(&mut self, name: Option<&Identifier>) {
        if let Some(name) = name {
            self.bind(&name.id, Kind::Other);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => self.import_all(&import.names, import.start()),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::AnnAssign(assignment) => self.annotated_assignment(assignment),
            Stmt::Assign(assignment) => {
                self.expression(&assignment.value);
                for target in &assignment.targets {
                    if !self.exports(target, Some(&assignment.value), false) {
                        self.expression(target);
                    }
                }
            }
            Stmt::AugAssign(assignment) => {
                if let Expr::Name(name) = &*assignment.target {
                    self.load(&name.id);
                }
                self.expression(&assignment.value);
                if !self.exports(&assignment.target, Some(&assignment.value), true) {
                    self.expression(&assignment.target);
                }
            }
            Stmt::For(each) => {
                self.expression(&each.iter);
                self.expression(&each.target);
                self.body(&each.body);
                self.body(&each.orelse);
            }
            Stmt::If(_) | Stmt::While(_) => {
                self.in_condition(|checker| walk_stmt(checker, statement));
            }
            Stmt::Return(_) if !self.in_function() => {}
            Stmt::Global(global) => {
                for name in &global.names {
                    self.declare(&name.id);
                }
            }
            Stmt::Nonlocal(nonlocal) => {
                for name in &nonlocal.names {
                    self.declare(&name.id);
                }
            }
            Stmt::TypeAlias(alias) => {
                self.with_types(alias.type_params.as_deref(), |checker| {
                    checker.annotation_later(&alias.value);
                });
                self.expression(&alias.name);
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn import_all(&mut self, aliases: &[Alias], start: TextSize) {
        for alias in aliases {
            let (name, import) = plain_import(alias, start);
            self.bind(&name, Kind::Import(Box::new(import)));
        }
    }

    fn import_from(&mut self, statement: &StmtImportFrom) {
        let future = statement
            .module
            .as_ref()
            .is_some_and(|module| module == "__future__");
        for alias in &statement.names {
            let (name, import) = from_import(statement, alias);
            if import.star {
                if self.scope().place != Place::Module {
                    continue; // a syntax error of its own
                }
                self.scope().starred = true;
            }
            self.future_annotations |= future && &alias.name == "annotations";
            self.scope()
                .bind(name, Kind::Import(Box::new(import)), future);
        }
    }

    fn function(&mut self, function: &'a StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.expression(&decorator.expression);
        }
        self.with_types(function.type_params.as_deref(), |checker| {
            checker.signature(&function.parameters);
            if let Some(returns) = &function.returns {
                checker.annotation(returns);
            }
            checker.defaults(&function.parameters);
            checker.function_later(&function.parameters, &function.body);
        });
        self.bind(&function.name.id, Kind::Other);
    }

    /// The annotations of a function's parameters.
    fn signature(&mut self, parameters: &'a Parameters) {
        let plain = parameters.iter_non_variadic_params();
        let plain = plain.map(|parameter| &parameter.parameter);
        let rest = parameters.vararg.iter().chain(&parameters.kwarg);
        for parameter in plain.chain(rest.map(|parameter| &**parameter)) {
            if let Some(annotation) = &parameter.annotation {
                self.annotation(annotation);
            }
        }
    }

    fn defaults(&mut self, parameters: &'a Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.expression(default);
            }
        }
    }

    /// The names of the parameters, once we are inside.
    pub fn parameters(&mut self, parameters: &'a Parameters) {
        let plain = parameters.iter_non_variadic_params();
        let rest = parameters.vararg.iter().chain(&parameters.kwarg);
        let names = plain.map(|parameter| &parameter.parameter);
        for Parameter { name, .. } in names.chain(rest.map(|parameter| &**parameter)) {
            self.bind(&name.id, Kind::Other);
        }
    }

    fn class(&mut self, class: &'a StmtClassDef) {
        for decorator in &class.decorator_list {
            self.expression(&decorator.expression);
        }
        self.with_types(class.type_params.as_deref(), |checker| {
            if let Some(arguments) = &class.arguments {
                checker.arguments(arguments);
            }
            checker.within(Place::Class, |checker| checker.body(&class.body));
        });
        self.bind(&class.name.id, Kind::Other);
    }

    fn arguments(&mut self, arguments: &'a Arguments) {
        for argument in &arguments.args {
            self.expression(argument);
        }
        for keyword in &arguments.keywords {
            self.expression(&keyword.value);
        }
    }

    /// Do something where the type parameters are known, if there are any.
    fn with_types(&mut self, types: Option<&'a TypeParams>, work: impl FnOnce(&mut Self)) {
        let Some(types) = types else {
            return work(self);
        };
        self.within(Place::Types, |checker| {
            for parameter in &types.type_params {
                checker.bind(&parameter.name().id, Kind::Other);
                if let TypeParam::TypeVar(variable) = parameter
                    && let Some(bound) = &variable.bound
                {
                    checker.annotation_later(bound);
                }
            }
            work(checker);
        });
    }

    fn annotated_assignment(&mut self, assignment: &'a StmtAnnAssign) {
        self.annotation(&assignment.annotation);
        let Some(value) = &assignment.value else {
            match &*assignment.target {
                Expr::Name(name) => self.bind(&name.id, Kind::Annotation),
                other => self.expression(other),
            }
            return;
        };
        if self.is_typing(&assignment.annotation, |name| name == "TypeAlias") {
            self.as_annotation(Annotated::Bare, |checker| checker.expression(value));
        } else {
            self.expression(value);
        }
        if !self.exports(&assignment.target, Some(value), false) {
            self.expression(&assignment.target);
        }
    }

    /// Whether this sets `__all__` of the module, which uses the names in it.
    fn exports(&mut self, target: &Expr, value: Option<&Expr>, more: bool) -> bool {
        let (Expr::Name(name), Some(value)) = (target, value) else {
            return false;
        };
        if name.id != "__all__" || self.scope().place != Place::Module {
            return false;
        }
        let mut names = match self.scope().names.get("__all__").map(|old| &old.kind) {
            Some(Kind::Export(names)) if more => names.clone(),
            _ => Vec::new(),
        };
        super::imports::listed(value, &mut names);
        self.bind(&name.id, Kind::Export(names));
        true
    }

    fn handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(handler) = handler;
        if let Some(name) = &handler.name {
            if self.scope().names.contains_key(&name.id) {
                self.bind(&name.id, Kind::Other);
            }
            let before = self.scope().names.remove(&name.id);
            self.bind(&name.id, Kind::Other);
            self.handled(handler);
            self.scope().names.remove(&name.id); // Python unbinds it, too
            if let Some(before) = before {
                self.scope().names.insert(name.id.clone(), before);
            }
        } else {
            self.handled(handler);
        }
    }

    fn handled(&mut self, handler: &'a ruff_python_ast::ExceptHandlerExceptHandler) {
        if let Some(kind) = &handler.type_ {
            self.expression(kind);
        }
        self.body(&handler.body);
    }

    fn in_function(&mut self) -> bool {
        !matches!(self.scope().place, Place::Class | Place::Module)
    }

    pub fn expression(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => match name.ctx {
                ExprContext::Store => self.bind(&name.id, Kind::Other),
                ExprContext::Del => self.delete(&name.id),
                _ => self.load(&name.id),
            },
            Expr::Named(named) => {
                self.expression(&named.value);
                match &*named.target {
                    Expr::Name(name) => self.bind_walrus(&name.id),
                    other => self.expression(other),
                }
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
                self.lambda_later(lambda.parameters.as_deref(), &lambda.body);
            }
            Expr::ListComp(list) => self.comprehension(&list.generators, None, &list.elt),
            Expr::SetComp(set) => self.comprehension(&set.generators, None, &set.elt),
            Expr::Generator(each) => self.comprehension(&each.generators, None, &each.elt),
            Expr::DictComp(dict) => {
                self.comprehension(&dict.generators, dict.key.as_deref(), &dict.value);
            }
            Expr::Yield(_) | Expr::YieldFrom(_) | Expr::Await(_) if !self.in_function() => {}
            Expr::StringLiteral(string) => self.string(string),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::Call(call) => self.call(call),
            _ => walk_expr(self, expression),
        }
    }

    fn comprehension(
        &mut self,
        generators: &'a [Comprehension],
        key: Option<&'a Expr>,
        value: &'a Expr,
    ) {
        let Some((first, rest)) = generators.split_first() else {
            return;
        };
        self.expression(&first.iter);
        self.within(Place::Comprehension, |checker| {
            checker.expression(&first.target);
            checker.each(&first.ifs);
            for generator in rest {
                checker.expression(&generator.iter);
                checker.expression(&generator.target);
                checker.each(&generator.ifs);
            }
            checker.each(key);
            checker.expression(value);
        });
    }

    fn each(&mut self, expressions: impl IntoIterator<Item = &'a Expr>) {
        for expression in expressions {
            self.expression(expression);
        }
    }

    fn values(&mut self, expressions: impl IntoIterator<Item = &'a Expr>) {
        self.as_annotation(Annotated::No, |checker| checker.each(expressions));
    }

    fn types(&mut self, expressions: impl IntoIterator<Item = &'a Expr>) {
        self.as_annotation(Annotated::Bare, |checker| checker.each(expressions));
    }

    fn subscript(&mut self, subscript: &'a ExprSubscript) {
        let (value, slice) = (&*subscript.value, &*subscript.slice);
        let called = match value {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        match (called, slice) {
            ("Literal", _) => {
                self.expression(value);
                self.values([slice]);
            }
            ("Annotated", Expr::Tuple(tuple)) if tuple.elts.len() > 1 => {
                self.expression(value);
                self.expression(&tuple.elts[0]);
                self.values(&tuple.elts[1..]);
            }
            ("Annotated", _) => self.each([value, slice]),
            _ if self.is_typing(value, |_| true) => self.types([value, slice]),
            _ => self.each([value, slice]),
        }
    }

    /// A call, some of whose arguments may be types, and so names in quotation marks.
    fn call(&mut self, call: &'a ExprCall) {
        let function = &*call.func;
        let arguments = &call.arguments;
        let is = |checker: &Self, name| checker.is_typing(function, |found| found == name);
        let (first, rest) = arguments.args.split_at(arguments.args.len().min(1));
        let typed: &[&str] = if is(self, "cast") {
            self.values([function]);
            self.types(first);
            self.values(rest);
            &["typ"]
        } else if is(self, "assert_type") {
            self.values([function].into_iter().chain(first));
            self.types(rest);
            &[]
        } else if is(self, "TypeVar") {
            self.values([function].into_iter().chain(first));
            self.types(rest);
            &["bound", "default"]
        } else if is(self, "ParamSpec") || is(self, "TypeVarTuple") {
            self.values([function].into_iter().chain(&arguments.args));
            &["bound", "default"]
        } else if is(self, "NewType") {
            self.values([function].into_iter().chain(first));
            self.types(rest);
            &["tp"]
        } else if is(self, "TypedDict") || is(self, "NamedTuple") {
            self.values([function].into_iter().chain(first));
            self.fields(rest);
            self.types(arguments.keywords.iter().map(|keyword| &keyword.value));
            return;
        } else {
            self.expression(function);
            self.arguments(arguments);
            return;
        };
        for keyword in &arguments.keywords {
            let name = keyword.arg.as_ref().map_or("", |name| name.as_str());
            if typed.contains(&name) {
                self.types([&keyword.value]);
            } else {
                self.values([&keyword.value]);
            }
        }
    }

    /// The fields of a `TypedDict` or a `NamedTuple`, with their types.
    fn fields(&mut self, arguments: &'a [Expr]) {
        let Some((fields, rest)) = arguments.split_first() else {
            return;
        };
        match fields {
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.values(&item.key);
                    self.types([&item.value]);
                }
            }
            Expr::Tuple(_) | Expr::List(_) => {
                for field in elements(fields) {
                    match elements(field) {
                        [] => self.values([field]),
                        [name, types @ ..] => {
                            self.values([name]);
                            self.types(types);
                        }
                    }
                }
            }
            other => self.values([other]),
        }
        self.values(rest);
    }
}

/// The elements of a list or a tuple.
pub fn elements(expression: &Expr) -> &[Expr] {
    match expression {
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::List(list) => &list.elts,
        _ => &[],
    }
}
