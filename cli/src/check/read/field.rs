//! From a value in a document to a setting.

use std::str::FromStr;

use crate::check::observed::{Field, Text};
use crate::check::read::document::{Node, Value};

/// What a value is if it is written: `None` where it is another kind of thing than it has to be.
fn field<T>(node: Option<&Node>, default: Field<T>, read: impl FnOnce(&Node) -> Option<T>) -> Field<T> {
    match node {
        None | Some(Node { value: Value::Null, .. }) => default,
        Some(node) => match read(node) {
            Some(value) => Field::Known(value, node.place.clone()),
            None => Field::Unknown(node.place.clone()),
        },
    }
}

/// A number; `3.0` is 3.
pub(crate) fn number<T: FromStr>(node: Option<&Node>, default: Field<T>) -> Field<T> {
    field(node, default, |node| {
        let known = node.known()?.trim();
        known.strip_suffix(".0").unwrap_or(known).parse().ok()
    })
}

/// As YAML 1.1 writes it too, which is what CloudFormation reads.
pub(crate) fn boolean(node: Option<&Node>, default: Field<bool>) -> Field<bool> {
    field(node, default, |node| match node.known()?.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    })
}

pub(crate) fn word(node: Option<&Node>, default: Field<String>) -> Field<String> {
    field(node, default, |node| node.known().map(str::to_owned))
}

/// A name, an ARN or another text, of which a part may be unknown.
pub(crate) fn text(node: Option<&Node>, default: Field<Text>) -> Field<Text> {
    field(node, default, |node| node.text().cloned())
}

/// What stands at the end of a way, key by key; a map on it that is known only when it is deployed may hold it.
pub(crate) fn within(node: &Node, keys: &[&str]) -> Field<Text> {
    let mut at = node;
    for key in keys {
        at = match at.get(key) {
            Some(next) => next,
            None if at.is_unknown() => return Field::Unknown(at.place.clone()),
            None => return Field::Absent,
        };
    }
    text(Some(at), Field::Absent)
}

pub(crate) fn words(node: Option<&Node>) -> Vec<Field<String>> {
    let items = node.map(Node::one_or_many).unwrap_or_default();
    items.iter().map(|item| word(Some(item), Field::Absent)).collect()
}

pub(crate) fn texts(node: Option<&Node>) -> Vec<Field<Text>> {
    let items = node.map(Node::one_or_many).unwrap_or_default();
    items.iter().map(|item| text(Some(item), Field::Absent)).collect()
}

/// A list, known if all of it is.
pub(crate) fn known_words(node: Option<&Node>) -> Field<Vec<String>> {
    field(node, Field::Absent, |node| node.one_or_many().iter().map(|item| item.known().map(str::to_owned)).collect())
}
