//! What an expression comes to, as far as the files decide it.

use std::rc::Rc;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ForExpr, Object, ObjectKey};
use hcl_edit::template::{Directive, Element, Template};

use super::{File, Module, heredoc};
use crate::check::observed::{Part, Place, Text};
use crate::check::read::terraform::value::{Kind, List, Map, Value, append, known};

/// Names that hold in a part of a file: `each`, `count`, those of a `for`.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope(pub(super) Vec<(String, Value)>);

impl Scope {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(super) fn with(&self, name: &str, value: Value) -> Self {
        let mut all = self.clone();
        all.0.push((name.to_owned(), value));
        all
    }
}

/// A word that is no reference; in JSON it is a text.
pub(super) fn word(expr: &Expression) -> Option<&str> {
    expr.as_variable().map(|word| word.as_str()).or_else(|| expr.as_str())
}

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) file: &'a File<'a>,
    pub(super) path: &'a str,
    pub(super) scope: &'a Scope,
}

impl At<'_> {
    pub(super) fn unknown(&self, expr: &Expression) -> Kind {
        Kind::Unknown(self.written(expr))
    }

    /// As it is written; what is of this place only is not the same at another one.
    fn written(&self, expr: &Expression) -> String {
        let written = self.file.slice(expr);
        let is_own = |word: &str| self.scope.0.iter().any(|(name, _)| name == word);
        match written.split(|char: char| !char.is_alphanumeric() && char != '_').any(is_own) {
            true => format!("{written} in {}", self.path),
            false => written,
        }
    }

    pub(super) fn place(&self, expr: &Expression) -> Rc<Place> {
        self.file.place(expr.span(), self.path)
    }
}

impl Module<'_> {
    pub(super) fn value(&self, expr: &Expression, at: At<'_>) -> Value {
        Value { of: self.kind(expr, at), place: at.place(expr) }
    }

    pub(super) fn kind(&self, expr: &Expression, at: At<'_>) -> Kind {
        if !self.spend(1) {
            return at.unknown(expr);
        }
        match expr {
            Expression::Null(_) => Kind::Null,
            Expression::Bool(flag) => Kind::Bool(*flag.value()),
            Expression::Number(number) => number.value().as_f64().map_or_else(|| at.unknown(expr), Kind::Number),
            Expression::String(text) => {
                if !self.spend(text.value().len() / 64) {
                    return at.unknown(expr);
                }
                let mut all = Text::default();
                append(&mut all, Part::Literal(text.value().clone()));
                Kind::Text(all)
            }
            Expression::StringTemplate(template) => self.template(expr, template, at),
            Expression::HeredocTemplate(heredoc) => self.template(expr, &heredoc::template(heredoc, at.file.text), at),
            Expression::Parenthesis(inner) => self.kind(inner.inner(), at),
            Expression::Array(array) => {
                let items = array.iter().enumerate().map(|(index, item)| {
                    let path = format!("{}[{index}]", at.path);
                    self.value(item, At { path: &path, ..at })
                });
                Kind::List(List { items: items.collect(), is_open: false })
            }
            Expression::Object(object) => Kind::Map(self.object(object, at)),
            Expression::Conditional(conditional) => match self.value(&conditional.cond_expr, at).as_bool() {
                Some(true) => self.kind(&conditional.true_expr, at),
                Some(false) => self.kind(&conditional.false_expr, at),
                None => at.unknown(expr),
            },
            Expression::UnaryOp(op) => self.unary(op, at).unwrap_or_else(|| at.unknown(expr)),
            Expression::BinaryOp(op) => self.binary(op, at).unwrap_or_else(|| at.unknown(expr)),
            Expression::FuncCall(call) => self.call(call, at).unwrap_or_else(|| at.unknown(expr)),
            Expression::Variable(name) => match at.scope.get(name.as_str()) {
                Some(value) => self.copy(value).unwrap_or_else(|| at.unknown(expr)),
                None => at.unknown(expr),
            },
            Expression::Traversal(traversal) => self.traversal(traversal, at).unwrap_or_else(|| at.unknown(expr)),
            Expression::ForExpr(each) => self.for_each(each, at).unwrap_or_else(|| at.unknown(expr)),
        }
    }

    /// The value once more, if there is room for it.
    pub(super) fn copy(&self, value: &Value) -> Option<Kind> {
        fn size(value: &Value) -> usize {
            1 + match &value.of {
                Kind::List(list) => list.items.iter().map(size).sum(),
                Kind::Map(map) => map.entries.iter().map(|(_, value)| size(value)).sum(),
                Kind::Json(value) => size(value),
                _ => 0,
            }
        }
        self.spend(size(value)).then(|| value.of.clone())
    }

    fn object(&self, object: &Object, at: At<'_>) -> Map {
        let mut map = Map::default();
        for (key, value) in object {
            let (name, span) = match key {
                ObjectKey::Ident(ident) => (Some(ident.as_str().to_owned()), ident.span()),
                ObjectKey::Expression(expr) => (self.value(expr, at).as_str(), expr.span()),
            };
            let Some(name) = name else {
                map.is_open = true;
                continue;
            };
            let path = format!("{}.{name}", at.path);
            let kind = self.kind(value.expr(), At { path: &path, ..at });
            map.set(name, Value { of: kind, place: at.file.place(span, &path) });
        }
        map
    }

    fn template(&self, expr: &Expression, template: &Template, at: At<'_>) -> Kind {
        // A template of nothing but one reference is that, and need be no text.
        if let (Expression::StringTemplate(_), Some(Element::Interpolation(one))) = (expr, template.as_single_element())
        {
            return self.kind(&one.expr, at);
        }
        let mut text = Text::default();
        match self.elements(template, at, &mut text) {
            true => Kind::Text(text),
            false => at.unknown(expr),
        }
    }

    fn elements(&self, template: &Template, at: At<'_>, text: &mut Text) -> bool {
        for element in template {
            match element {
                Element::Literal(literal) => {
                    if !self.spend(1 + literal.value().len() / 64) {
                        return false;
                    }
                    append(text, Part::Literal(literal.value().clone()));
                }
                Element::Interpolation(interpolation) => {
                    let value = self.value(&interpolation.expr, at);
                    let parts = value.text().unwrap_or_else(|| match &value.of {
                        Kind::Null => Text::default(),
                        _ => Text(vec![Part::Unknown(at.written(&interpolation.expr))]),
                    });
                    parts.0.into_iter().for_each(|part| append(text, part));
                }
                Element::Directive(directive) => match &**directive {
                    Directive::If(choice) => {
                        let chosen = match self.value(&choice.if_expr.cond_expr, at).as_bool() {
                            Some(true) => Some(&choice.if_expr.template),
                            Some(false) => choice.else_expr.as_ref().map(|other| &other.template),
                            None => return false,
                        };
                        if !chosen.is_none_or(|chosen| self.elements(chosen, at, text)) {
                            return false;
                        }
                    }
                    Directive::For(_) => return false,
                },
            }
        }
        true
    }

    /// The keys and values that a `for` or a `for_each` goes through; none if they are not all known.
    pub(super) fn pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
        match &value.of {
            Kind::List(list) if !list.is_open => {
                let number = |(index, item): (usize, &Value)| {
                    (Value::new(Kind::Number(index as f64), &item.place), item.clone())
                };
                Some(list.items.iter().enumerate().map(number).collect())
            }
            Kind::Map(map) if !map.is_open => {
                let key = |(name, value): &(String, Value)| {
                    let name = known(name.as_str());
                    (Value::new(Kind::Text(name), &value.place), value.clone())
                };
                Some(map.entries.iter().map(key).collect())
            }
            _ => None,
        }
    }

    fn for_each(&self, each: &ForExpr, at: At<'_>) -> Option<Kind> {
        let pairs = Self::pairs(&self.value(&each.intro.collection_expr, at))?;
        let mut items = Vec::new();
        let mut map = Map::default();
        for (key, value) in pairs {
            let mut scope = at.scope.clone();
            if let Some(name) = &each.intro.key_var {
                scope.0.push((name.as_str().to_owned(), key));
            }
            scope.0.push((each.intro.value_var.as_str().to_owned(), value));
            let at = At { scope: &scope, ..at };
            if let Some(condition) = &each.cond {
                match self.value(&condition.expr, at).as_bool() {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return None,
                }
            }
            let made = self.value(&each.value_expr, at);
            match &each.key_expr {
                None => items.push(made),
                // With `...`, several values have one key: nothing here takes such a map.
                Some(_) if each.grouping => return None,
                Some(key) => map.set(self.value(key, at).as_str()?, made),
            }
        }
        Some(match each.key_expr {
            None => Kind::List(List { items, is_open: false }),
            Some(_) => Kind::Map(map),
        })
    }
}
