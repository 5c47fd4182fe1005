//! What an argument is, as far as the files say: the one form that `.tf` files and plans come to.

use std::rc::Rc;

use crate::check::observed::{Field, Part, Place, Text};

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) of: Kind,
    pub(super) place: Rc<Place>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(f64),
    Text(Text),
    List(List),
    Map(Map),
    /// A text that is JSON of this value.
    Json(Box<Value>),
    /// A resource as a whole, by its address.
    Resource(String),
    /// Known only when it is deployed; as it is written.
    Unknown(String),
}

/// A list, a set, or the blocks of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct List {
    pub(super) items: Vec<Value>,
    /// Whether there can be more, known only when it is deployed.
    pub(super) is_open: bool,
}

/// A map, an object, or what stands in a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map {
    pub(super) entries: Vec<(String, Value)>,
    /// Whether there can be more, known only when it is deployed.
    pub(super) is_open: bool,
}

impl Map {
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Puts an entry in, in place of one with the same key.
    pub(super) fn set(&mut self, key: String, value: Value) {
        match self.entries.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = value,
            None => self.entries.push((key, value)),
        }
    }
}

/// Puts a piece behind the others; literals grow together.
pub(super) fn append(text: &mut Text, part: Part) {
    match (text.0.last_mut(), part) {
        (_, Part::Literal(new)) if new.is_empty() => {}
        (Some(Part::Literal(old)), Part::Literal(new)) => old.push_str(&new),
        (_, part) => text.0.push(part),
    }
}

/// The text if all of it is known.
pub(super) fn literal(text: &Text) -> Option<&str> {
    match text.0.as_slice() {
        [] => Some(""),
        [Part::Literal(text)] => Some(text),
        _ => None,
    }
}

pub(super) fn known(text: impl Into<String>) -> Text {
    let mut all = Text::default();
    append(&mut all, Part::Literal(text.into()));
    all
}

impl Value {
    pub(super) fn new(of: Kind, place: &Rc<Place>) -> Self {
        Self { of, place: Rc::clone(place) }
    }

    pub(super) fn is_null(&self) -> bool {
        self.of == Kind::Null
    }

    /// Whether nothing is known about it.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self.of, Kind::Unknown(_) | Kind::Resource(_))
    }

    pub(super) fn as_map(&self) -> Option<&Map> {
        match &self.of {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(super) fn as_list(&self) -> Option<&List> {
        match &self.of {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// The text if all of it is known; numbers and flags are texts too where one is asked for.
    pub(super) fn as_str(&self) -> Option<String> {
        self.text().and_then(|text| literal(&text).map(str::to_owned))
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        match &self.of {
            Kind::Number(number) => Some(*number),
            Kind::Text(text) => literal(text)?.parse().ok(),
            _ => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match &self.of {
            Kind::Bool(flag) => Some(*flag),
            Kind::Text(text) => match literal(text)? {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    /// In pieces; none for what is no text at all.
    pub(super) fn text(&self) -> Option<Text> {
        Some(match &self.of {
            Kind::Text(text) => text.clone(),
            Kind::Number(number) => known(number.to_string()),
            Kind::Bool(flag) => known(flag.to_string()),
            Kind::Unknown(written) => Text(vec![Part::Unknown(written.clone())]),
            Kind::Resource(address) => Text(vec![Part::Unknown(address.clone())]),
            Kind::Null | Kind::List(_) | Kind::Map(_) | Kind::Json(_) => return None,
        })
    }

    /// With this place for all of it.
    pub(super) fn placed(mut self, place: &Rc<Place>) -> Self {
        let all = |value: &mut Self| *value = std::mem::replace(value, Self::new(Kind::Null, place)).placed(place);
        match &mut self.of {
            Kind::List(list) => list.items.iter_mut().for_each(all),
            Kind::Map(map) => map.entries.iter_mut().map(|(_, value)| value).for_each(all),
            Kind::Json(value) => all(value),
            _ => {}
        }
        self.place = Rc::clone(place);
        self
    }

    /// As a setting: absent if null, and unknown if it is not of this type.
    pub(super) fn field<T>(&self, of: impl FnOnce(&Self) -> Option<T>) -> Field<T> {
        if self.is_null() {
            return Field::Absent;
        }
        match of(self) {
            Some(value) => Field::Known(value, (*self.place).clone()),
            None => Field::Unknown((*self.place).clone()),
        }
    }

    /// As a number without a sign and a fraction.
    pub(super) fn unsigned(&self) -> Option<u64> {
        self.as_number().filter(|number| *number >= 0.0 && number.fract() == 0.0 && *number < 1e15).map(|n| n as u64)
    }

    /// As a number without a fraction.
    pub(super) fn signed(&self) -> Option<i64> {
        self.as_number().filter(|number| number.fract() == 0.0 && number.abs() < 1e15).map(|n| n as i64)
    }

    /// A text in pieces, none of which need be known: what is the same unknown twice is equal.
    pub(super) fn text_field(&self) -> Field<Text> {
        self.field(Self::text)
    }
}
