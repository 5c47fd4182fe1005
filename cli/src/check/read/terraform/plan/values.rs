//! The values of a plan: what is planned, what is unknown, what is nobody's to see, and what was written.

use std::rc::Rc;

use serde_json::Value as Json;

use super::Plan;
use super::references::{Scope, unknown};
use crate::check::read::terraform::value::{Kind, List, Map, Value, known};

/// What was written in the configuration.
#[derive(Clone, Copy)]
pub(super) enum Written<'p> {
    As(&'p Json),
    /// Nothing.
    Nothing,
    /// It is not told: a `dynamic` block.
    Hidden,
}

/// A value, as the parts of a plan have it.
pub(super) struct Planned<'p> {
    pub(super) value: &'p Json,
    /// `true` where it is unknown.
    pub(super) unknown: &'p Json,
    /// `true` where it is sensitive.
    pub(super) sensitive: [Option<&'p Json>; 2],
    pub(super) written: Written<'p>,
}

impl<'p> Written<'p> {
    /// Whether it is one expression, and not the arguments of a block.
    fn expression(self) -> Option<&'p Json> {
        let Self::As(json) = self else { return None };
        let object = json.as_object()?;
        let is_one = object.is_empty() || object.contains_key("references") || object.contains_key("constant_value");
        is_one.then_some(json)
    }

    /// What was written for an argument, or for the blocks of a name.
    fn get(self, name: &str) -> Self {
        match self {
            Self::As(json) => json.get(name).map_or(Self::Nothing, Self::As),
            other => other,
        }
    }

    /// What was written for a block. Blocks that are a set stand in another order in the plan, so their constants tell.
    fn block(self, index: usize, value: &Json) -> Self {
        let blocks = match self {
            Self::As(Json::Array(blocks)) => blocks,
            Self::As(one @ Json::Object(_)) => return Self::As(one),
            _ => return Self::Hidden,
        };
        if let Some(block) = blocks.get(index).filter(|block| fits(block, value)) {
            return Self::As(block);
        }
        let mut fitting = blocks.iter().filter(|block| fits(block, value));
        match (fitting.next(), fitting.next()) {
            (Some(block), None) => Self::As(block),
            _ => Self::Hidden,
        }
    }
}

/// Whether the constants of a block are what is planned.
fn fits(block: &Json, value: &Json) -> bool {
    let constants = block.as_object().into_iter().flatten();
    let mut constants = constants.filter_map(|(name, argument)| Some((name, argument.get("constant_value")?)));
    constants.all(|(name, constant)| {
        constant.is_object() || constant.is_array() || value.get(name).is_none_or(|value| value == constant)
    })
}

impl<'p> Plan<'p> {
    pub(super) fn value(&self, planned: &Planned<'p>, path: &str, scope: &Rc<Scope<'p>>, steps: usize) -> Value {
        let place = self.place(path);
        let is = |json: &Json| json.as_bool() == Some(true);
        if planned.sensitive.iter().flatten().any(|json| is(json)) {
            return Value::new(Kind::Unknown(format!("{path}, sensitive")), &place);
        }
        if is(planned.unknown) {
            let of = match planned.written {
                // What nobody wrote and the provider fills in.
                Written::Nothing => Kind::Null,
                Written::Hidden => unknown(path),
                Written::As(_) => planned
                    .written
                    .expression()
                    .and_then(|expression| self.referred(expression, scope, steps))
                    .unwrap_or_else(|| unknown(path)),
            };
            return Value::new(of, &place);
        }
        // What one expression makes of its references in a list or a map is not told.
        let inner = planned.written.expression().map(|_| Written::Hidden);
        let of = match planned.value {
            Json::Null => match planned.unknown {
                Json::Object(entries) if !entries.is_empty() => self.map(planned, inner, path, scope, steps),
                _ => Kind::Null,
            },
            Json::Bool(flag) => Kind::Bool(*flag),
            Json::Number(number) => number.as_f64().map_or_else(|| unknown(path), Kind::Number),
            // Of what is there already the provider has an empty text for what nobody wrote.
            Json::String(text) if text.is_empty() && matches!(planned.written, Written::Nothing) => Kind::Null,
            Json::String(text) => Kind::Text(known(text.as_str())),
            Json::Array(items) => Kind::List(self.list(items, planned, inner, path, scope, steps)),
            Json::Object(_) => self.map(planned, inner, path, scope, steps),
        };
        Value::new(of, &place)
    }

    fn list(
        &self,
        items: &'p [Json],
        planned: &Planned<'p>,
        inner: Option<Written<'p>>,
        path: &str,
        scope: &Rc<Scope<'p>>,
        steps: usize,
    ) -> List {
        let unknown_items = planned.unknown.as_array().map_or(&[][..], Vec::as_slice);
        // A list has null in place of what is unknown. A set leaves it out, and its order is another one then.
        let is_set = unknown_items.len() > items.len();
        let item = |(index, value): (usize, &'p Json)| {
            let part = Planned {
                value,
                unknown: unknown_items.get(index).filter(|_| !is_set).unwrap_or(&Json::Null),
                sensitive: planned.sensitive.map(|json| json.and_then(|json| json.get(index))),
                written: inner.unwrap_or_else(|| planned.written.block(index, value)),
            };
            self.value(&part, &format!("{path}[{index}]"), scope, steps)
        };
        let mut all: Vec<Value> = items.iter().enumerate().map(item).collect();
        for index in items.len()..unknown_items.len() {
            let path = format!("{path}[{index}]");
            all.push(Value::new(unknown(&path), &self.place(&path)));
        }
        List { items: all, is_open: false }
    }

    fn map(
        &self,
        planned: &Planned<'p>,
        inner: Option<Written<'p>>,
        path: &str,
        scope: &Rc<Scope<'p>>,
        steps: usize,
    ) -> Kind {
        let keys = |json: &'p Json| json.as_object().into_iter().flat_map(|object| object.keys());
        let own = keys(planned.value);
        let more = keys(planned.unknown).filter(|key| planned.value.get(key.as_str()).is_none());
        let mut map = Map::default();
        for key in own.chain(more) {
            let part = Planned {
                value: planned.value.get(key).unwrap_or(&Json::Null),
                unknown: planned.unknown.get(key).unwrap_or(&Json::Null),
                sensitive: planned.sensitive.map(|json| json.and_then(|json| json.get(key))),
                written: inner.unwrap_or_else(|| planned.written.get(key)),
            };
            let path = format!("{path}.{key}");
            map.entries.push((key.clone(), self.value(&part, &path, scope, steps)));
        }
        Kind::Map(map)
    }
}
