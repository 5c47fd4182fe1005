//! Variables, as far as the file, what is given, and files beside it decide them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::{Component, Path};

use super::syntax::{self, Piece};
use crate::check::observed::{Part, Text};
use crate::check::read::document::{self, Node, Value};
use crate::check::read::{Given, Source, text};

/// How many values and characters variables may come to.
const BUDGET: usize = 1_000_000;
/// How deep variables may lead into each other.
const NESTING: usize = 120;
const STAGE: &str = "dev";

pub(super) struct Variables<'a> {
    document: &'a Node,
    given: &'a [Given],
    file: &'a str,
    files: RefCell<HashMap<String, Option<Node>>>,
    budget: Cell<usize>,
    depth: Cell<usize>,
    too_much: RefCell<Vec<Node>>,
}

/// What a source says.
enum Found {
    Value(Value),
    /// Nothing, so that the next one is asked.
    Nothing,
    /// Something that is known only when it is deployed.
    Later,
}

impl<'a> Variables<'a> {
    pub(super) fn new(document: &'a Node, given: &'a [Given], file: &'a str) -> Self {
        Self {
            document,
            given,
            file,
            files: RefCell::default(),
            budget: Cell::new(BUDGET),
            depth: Cell::new(0),
            too_much: RefCell::default(),
        }
    }

    /// What was not resolved for its size.
    pub(super) fn too_much(&self) -> Vec<Node> {
        self.too_much.borrow().clone()
    }

    /// The stage, which variables and names depend on.
    pub(super) fn stage(&self) -> Text {
        let given = self.given("stage").map(text::literal);
        let written = || match self.own("provider.stage") {
            Found::Value(Value::Scalar(text)) => Some(text),
            _ => None,
        };
        given.or_else(written).unwrap_or_else(|| text::literal(STAGE))
    }

    fn given(&self, name: &str) -> Option<&'a str> {
        self.given.iter().rfind(|given| given.name == name).map(|given| given.value.as_str())
    }

    fn may_make(&self, amount: usize) -> bool {
        let left = self.budget.get().checked_sub(amount);
        self.budget.set(left.unwrap_or(0));
        left.is_some()
    }

    /// A value with all variables in it resolved, and what can't be as unknown.
    pub(super) fn resolve(&self, node: &Node) -> Node {
        let depth = self.depth.get();
        if depth >= NESTING || !self.may_make(1) {
            let mut too_much = self.too_much.borrow_mut();
            if too_much.is_empty() {
                too_much.push(node.with(Value::Null));
            }
            return node.unknown("…");
        }
        self.depth.set(depth + 1);
        let resolved = match &node.value {
            Value::Null => node.clone(),
            Value::Scalar(written) => {
                let mut resolved = node.with(self.scalar(written));
                resolved.name_included();
                resolved
            }
            Value::List(items) => node.with(Value::List(items.iter().map(|item| self.resolve(item)).collect())),
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key.clone(), self.resolve(value)));
                node.with(Value::Map(entries.collect()))
            }
        };
        self.depth.set(depth);
        resolved
    }

    fn scalar(&self, written: &Text) -> Value {
        let Some(known) = written.known().filter(|known| known.contains("${")) else {
            return Value::Scalar(written.clone());
        };
        let pieces = syntax::pieces(known);
        if let [Piece::Variable(variable)] = pieces.as_slice() {
            return self.variable(variable);
        }
        let mut made = Text::default();
        for piece in pieces {
            match piece {
                Piece::Literal(literal) => text::add(&mut made, literal),
                Piece::Variable(variable) => match self.variable(variable) {
                    Value::Scalar(value) => text::append(&mut made, value),
                    Value::Null | Value::List(_) | Value::Map(_) => {
                        text::push(&mut made, Part::Unknown(format!("${{{variable}}}")));
                    }
                },
            }
        }
        if self.may_make(text::written(&made).len()) { Value::Scalar(made) } else { unknown(known) }
    }

    fn variable(&self, variable: &str) -> Value {
        for source in syntax::sources(variable) {
            match self.source(source) {
                Found::Value(Value::Null) | Found::Nothing => {}
                Found::Value(value) => return value,
                Found::Later => break,
            }
        }
        unknown(&format!("${{{variable}}}"))
    }

    fn source(&self, source: &str) -> Found {
        if let Some(constant) = syntax::constant(source) {
            return Found::Value(if constant == "null" { Value::Null } else { Value::Scalar(text::literal(constant)) });
        }
        if source.starts_with("${") {
            let node = self.document.scalar(text::literal(source));
            let resolved = self.resolve(&node);
            return if resolved.is_unknown() { Found::Later } else { Found::Value(resolved.value) };
        }
        let Some(call) = syntax::call(source) else { return Found::Nothing };
        // What a variable asks for may be made of variables.
        let (Some(address), Some(arguments)) =
            (self.plain(call.address), self.plain(call.arguments.unwrap_or_default()))
        else {
            return Found::Later;
        };
        let literal = |value: &str| Found::Value(Value::Scalar(text::literal(value)));
        match (call.name, address.as_str()) {
            ("self", address) => self.own(address),
            ("opt", name) => self.given(name).map_or(Found::Nothing, literal),
            ("sls", "stage") => Found::Value(Value::Scalar(self.stage())),
            ("param", name) => self.given(name).map_or_else(|| self.parameter(name), literal),
            ("aws", "region") => Found::Value(Value::Scalar(Text(vec![Part::Region]))),
            ("aws", "accountId") => Found::Value(Value::Scalar(Text(vec![Part::Account]))),
            ("file", address) => self.beside(&arguments, address),
            ("strToBool", _) => match arguments.trim_matches(['\'', '"']).to_ascii_lowercase().as_str() {
                "true" | "1" => literal("true"),
                "false" | "0" => literal("false"),
                _ => Found::Nothing,
            },
            // What the environment holds is no part of the files; its fallback is what they say.
            ("env", _) => Found::Nothing,
            _ => Found::Later,
        }
    }

    /// A text of variables as one word, if it is known.
    fn plain(&self, written: &str) -> Option<String> {
        if !written.contains("${") {
            return Some(written.to_owned());
        }
        self.resolve(&self.document.scalar(text::literal(written))).known().map(str::to_owned)
    }

    /// Parameters of the stage stand before those of all.
    fn parameter(&self, name: &str) -> Found {
        let stage = self.stage();
        let stage = stage.known().unwrap_or_default();
        let ways = [["params", stage, name], ["params", "default", name]];
        match ways.iter().find_map(|way| self.document.at(way)) {
            Some(node) => found(self.resolve(node)),
            None => Found::Nothing,
        }
    }

    fn own(&self, address: &str) -> Found {
        // The framework fills these in before anything else is read.
        let default = match address {
            "provider.stage" => {
                if let Some(given) = self.given("stage") {
                    return Found::Value(Value::Scalar(text::literal(given)));
                }
                Some(text::literal(STAGE))
            }
            "provider.region" => Some(self.given("region").map_or(Text(vec![Part::Region]), text::literal)),
            _ => None,
        };
        match self.walk(self.document, address) {
            Found::Nothing => default.map_or(Found::Nothing, |text| Found::Value(Value::Scalar(text))),
            other => other,
        }
    }

    /// The value at an address, with variables resolved on the way to it.
    fn walk(&self, from: &Node, address: &str) -> Found {
        let mut at = std::borrow::Cow::Borrowed(from);
        for key in address.split('.').filter(|key| !key.is_empty()) {
            if matches!(at.value, Value::Scalar(_)) {
                at = std::borrow::Cow::Owned(self.resolve(&at));
            }
            if at.is_unknown() {
                return Found::Later;
            }
            let next = match &at.value {
                Value::List(items) => key.parse().ok().and_then(|number: usize| items.get(number)),
                _ => at.get(key),
            };
            let Some(next) = next else { return Found::Nothing };
            at = std::borrow::Cow::Owned(next.clone());
        }
        found(self.resolve(&at))
    }

    /// A file in the folder of this one or below. What it says may refer to this file, as in the framework.
    fn beside(&self, path: &str, address: &str) -> Found {
        let path = path.trim().trim_matches(['\'', '"']);
        let relative = Path::new(path);
        let is_below = relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let extension = relative.extension().and_then(|extension| extension.to_str());
        if !is_below || !matches!(extension, Some("yml" | "yaml" | "json")) {
            return Found::Later;
        }
        let whole = Path::new(self.file).parent().unwrap_or(Path::new("")).join(relative);
        if !self.files.borrow().contains_key(path) {
            let read = std::fs::read_to_string(&whole).ok();
            let parsed = read.and_then(|text| {
                let name = whole.display().to_string().into();
                document::parse(&Source { name, text }).ok()
            });
            self.files.borrow_mut().insert(path.to_owned(), parsed);
        }
        let file = self.files.borrow().get(path).cloned().flatten();
        match file {
            Some(node) => self.walk(&node, address),
            None if whole.exists() => Found::Later,
            None => Found::Nothing,
        }
    }
}

fn found(node: Node) -> Found {
    if node.is_unknown() && !is_of_the_deployment(&node) { Found::Later } else { Found::Value(node.value) }
}

/// A region or an account is not known, and yet as good as a value.
fn is_of_the_deployment(node: &Node) -> bool {
    node.text().is_some_and(|text| !text.is_open())
}

fn unknown(written: &str) -> Value {
    Value::Scalar(Text(vec![Part::Unknown(written.to_owned())]))
}
