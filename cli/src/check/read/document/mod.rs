//! A document of YAML or JSON as a tree in which each value knows where it stands.
//!
//! CloudFormation's short tags come out in their long form (`!Ref A` is `{Ref: A}`), aliases and merge keys as what they
//! stand for. A tree is neither deep nor endless, so what walks it may call itself.

mod json;
mod yaml;

use std::rc::Rc;

use crate::check::observed::{Part, Place, Text};
use crate::check::read::Source;
use crate::error::CliError;
use crate::filters;

/// How deep values may nest: far more than a deployer takes, and little of a stack.
const DEPTH: usize = 100;
/// How many values a document may come to, aliases included.
const VALUES: usize = 250_000;

/// A value and its place, which is that of its key if it has one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    /// Whether a scalar stands there without quotes, so that a number is one.
    pub(crate) is_bare: bool,
    pub(crate) place: Place,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    /// Numbers and words too: deployers take `"30"` for `30`.
    Scalar(Text),
    List(Vec<Node>),
    /// In the order of the document; no key twice.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// A value in the place of this one.
    pub(crate) fn with(&self, value: Value) -> Self {
        Self { value, is_bare: self.is_bare, place: self.place.clone() }
    }

    pub(crate) fn scalar(&self, text: Text) -> Self {
        self.with(Value::Scalar(text))
    }

    /// One that is known only when it is deployed.
    pub(crate) fn unknown(&self, written: impl Into<String>) -> Self {
        self.scalar(Text(vec![Part::Unknown(written.into())]))
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(known, _)| known == key).map(|(_, node)| node)
    }

    /// The value at the end of a way, key by key.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    pub(crate) fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The items of a list; anything else that is there is a list of one.
    pub(crate) fn one_or_many(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            Value::Null => &[],
            Value::Scalar(_) | Value::Map(_) => std::slice::from_ref(self),
        }
    }

    pub(crate) fn text(&self) -> Option<&Text> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    /// The text, if it is one and known.
    pub(crate) fn known(&self) -> Option<&str> {
        self.text().and_then(Text::known)
    }

    /// As JSON, as the Serverless Framework makes it of YAML, if all of it is known.
    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        use serde_json::Value as Json;

        Some(match &self.value {
            Value::Null => Json::Null,
            Value::Scalar(text) => match text.known()? {
                "true" | "True" | "TRUE" if self.is_bare => Json::Bool(true),
                "false" | "False" | "FALSE" if self.is_bare => Json::Bool(false),
                // A time is written anew.
                text if self.is_bare && is_date(text) => return None,
                text if self.is_bare => number(text).unwrap_or_else(|| text.into()),
                text => text.into(),
            },
            Value::List(items) => items.iter().map(Self::json).collect::<Option<Vec<_>>>()?.into(),
            Value::Map(entries) => {
                let entry = |(key, node): &(String, Self)| Some((key.clone(), node.json()?));
                entries.iter().map(entry).collect::<Option<serde_json::Map<_, _>>>()?.into()
            }
        })
    }

    pub(crate) fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether what stands here is not known, so that it may be anything.
    pub(crate) fn is_unknown(&self) -> bool {
        self.text().is_some_and(|text| text.known().is_none())
    }

    /// Gives what stands in other files than this node the ways that lead to it from here.
    pub(crate) fn name_included(&mut self) {
        let (path, file) = (self.place.path.clone(), Rc::clone(&self.place.file));
        self.name_below(&path, &file);
    }

    fn name_below(&mut self, path: &str, file: &Rc<str>) {
        let name = |node: &mut Self, path: String| {
            node.name_below(&path, file);
            if node.place.file != *file {
                node.place.path = path;
            }
        };
        match &mut self.value {
            Value::Null | Value::Scalar(_) => {}
            Value::List(items) => {
                (0..).zip(items).for_each(|(number, item): (usize, _)| name(item, format!("{path}[{number}]")));
            }
            Value::Map(entries) => entries.iter_mut().for_each(|(key, node)| name(node, format!("{path}.{key}"))),
        }
    }

    /// Gives it and all below it their ways.
    fn name(&mut self, path: String) {
        match &mut self.value {
            Value::Null | Value::Scalar(_) => {}
            Value::List(items) => {
                for (number, item) in items.iter_mut().enumerate() {
                    item.name(format!("{path}[{number}]"));
                }
            }
            Value::Map(entries) => {
                for (key, node) in entries {
                    node.name(if path.is_empty() { key.clone() } else { format!("{path}.{key}") });
                }
            }
        }
        self.place.path = path;
    }
}

fn is_date(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = text.splitn(3, '-');
    let starts =
        parts.next().is_some_and(|year| year.len() == 4 && is_digits(year)) && parts.next().is_some_and(is_digits);
    starts && parts.next().is_some_and(|day| day.starts_with(|c: char| c.is_ascii_digit()))
}

fn number(text: &str) -> Option<serde_json::Value> {
    let of_base = |(prefix, base)| i64::from_str_radix(text.strip_prefix(prefix)?, base).ok();
    if let Some(whole) = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(of_base) {
        return Some(whole.into());
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    text.parse().ok().filter(|_| is_number).and_then(filters::number)
}

/// Reads the one document of a file.
pub(crate) fn parse(source: &Source) -> Result<Node, CliError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    // YAML takes most of JSON, but neither tabs everywhere nor the halves of a character.
    let read = if text.trim_start().starts_with(['{', '[']) {
        json::parse(text, &source.name).or_else(|wrong| yaml::parse(text, &source.name).map_err(|_| wrong))
    } else {
        yaml::parse(text, &source.name)
    };
    let mut node = read.map_err(|wrong| wrong.in_file(&source.name))?;
    node.name(String::new());
    Ok(node)
}

/// What is wrong with a document, and where.
#[derive(Debug)]
struct Wrong {
    line: usize,
    column: usize,
    what: String,
}

impl Wrong {
    fn new((line, column): (usize, usize), what: impl Into<String>) -> Self {
        Self { line, column, what: what.into() }
    }

    fn in_file(&self, file: &str) -> CliError {
        CliError::new(format!("`{file}`, line {}, column {}: {}", self.line, self.column, self.what))
    }

    fn too_deep(at: (usize, usize)) -> Self {
        Self::new(at, format!("values nest more than {DEPTH} deep"))
    }

    fn too_many(at: (usize, usize)) -> Self {
        Self::new(at, format!("the document comes to more than {VALUES} values"))
    }

    fn twice(key: &str, at: (usize, usize), first: &Place) -> Self {
        let line = first.line.unwrap_or_default();
        Self::new(at, format!("the key `{key}` is there already, in line {line}; one of the two has to go"))
    }
}

/// A place without a way, which `Node::name` adds.
fn place(file: &Rc<str>, (line, column): (usize, usize)) -> Place {
    Place { file: Rc::clone(file), line: Some(line), column: Some(column), path: String::new() }
}

#[cfg(test)]
mod tests;
