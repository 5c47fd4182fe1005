//! A filter's fields: each leads to more fields, or to a list of what is wanted of it.

use std::ops::Range;

use crate::diag::unknown;
use crate::filter::Mistake;
use crate::filter::json::{Field, Kind, Value};
use crate::filter::operator::{self, COMPARISONS, OPERATORS};
use crate::filter::record::{EVENTS, IMAGES, Record, STREAM, TYPES};

/// What stands where in a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Record,
    /// Fields of the payload, or metadata below the record's own: anything.
    Free,
    /// What stands under `dynamodb`.
    Stream,
    /// An item's attributes, by their names.
    Attributes,
    /// An attribute's value, by its type.
    Types,
}

/// The images that it asks for, and what is wrong with it.
pub(super) fn check(text: &str, value: &Value, record: &'static Record) -> (Vec<&'static str>, Vec<Mistake>) {
    let mut check = Check { text, record, images: Vec::new(), mistakes: Vec::new() };
    match &value.kind {
        Kind::Object(fields) => check.object(fields, &value.place, Level::Record),
        _ => check.form(&value.place, "it is no object", format!("as in `{}`", record.example())),
    }
    (check.images, check.mistakes)
}

struct Check<'a> {
    text: &'a str,
    record: &'static Record,
    images: Vec<&'static str>,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn form(&mut self, place: &Range<usize>, what: impl Into<String>, hint: impl Into<String>) {
        self.mistakes.push(Mistake::form(place.clone(), what, hint));
    }

    fn dead(&mut self, place: &Range<usize>, what: impl Into<String>, hint: impl Into<String>) {
        self.mistakes.push(Mistake::dead(place.clone(), what, hint));
    }

    /// A part as it is written, unless it is too long to repeat.
    fn written(&self, place: &Range<usize>) -> &str {
        self.text.get(place.clone()).filter(|text| text.len() <= 60).unwrap_or("…")
    }

    fn object(&mut self, fields: &[Field], place: &Range<usize>, level: Level) {
        if fields.is_empty() {
            self.form(place, "an empty object asks for nothing", "name a field, or leave it out");
        }
        for (index, field) in fields.iter().enumerate() {
            if fields.iter().take(index).any(|other| other.key == field.key) {
                let what = format!("the key `{}` is there already", field.key);
                self.form(&field.place, what, "readers of JSON take one of the two: put both into one object");
            }
            if field.key == "$or" {
                self.alternatives(field, level);
            } else if let Some(below) = self.below(field, level) {
                self.field(field, level, below);
            }
        }
    }

    /// Objects of which one has to match.
    fn alternatives(&mut self, field: &Field, level: Level) {
        let alternatives: Vec<(&[Field], &Value)> = match &field.value.kind {
            Kind::List(items) => items
                .iter()
                .filter_map(|item| match &item.kind {
                    Kind::Object(fields) => Some((fields.as_slice(), item)),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let all = if let Kind::List(items) = &field.value.kind { items.len() } else { 0 };
        if all < 2 || alternatives.len() < all {
            let hint = "as in `\"$or\": [{\"a\": [1]}, {\"b\": [2]}]`";
            self.form(&field.value.place, "`$or` takes a list of two objects or more", hint);
        }
        for (fields, item) in alternatives {
            self.object(fields, &item.place, level);
        }
    }

    /// What stands below a field; none, and a mistake, for one that no record has.
    fn below(&mut self, field: &Field, level: Level) -> Option<Level> {
        let Field { key, place, .. } = field;
        let record = self.record;
        match level {
            Level::Record if key == record.data => {
                Some(if record.is_of_a_table() { Level::Stream } else { Level::Free })
            }
            Level::Record if record.metadata.contains(&key.as_str()) => Some(Level::Free),
            Level::Record => {
                let what = unknown(&format!("key of a {}:", record.name), key, &record.keys());
                self.dead(place, what, self.where_it_stands(field));
                None
            }
            Level::Stream => {
                if !STREAM.contains(&key.as_str()) {
                    let hint = "attributes stand below `Keys`, `NewImage` and `OldImage`";
                    self.dead(place, unknown("key below `dynamodb`:", key, STREAM), hint);
                    return None;
                }
                let image = IMAGES.iter().find(|image| **image == key);
                self.images.extend(image);
                Some(if image.is_some() { Level::Attributes } else { Level::Free })
            }
            Level::Attributes => Some(Level::Types),
            Level::Types => match key.as_str() {
                "L" => Some(Level::Types),
                "M" => Some(Level::Attributes),
                key if TYPES.contains(&key) => Some(Level::Free),
                _ => {
                    let hint = "an attribute's value stands below its type, as in `{\"status\": {\"S\": [\"paid\"]}}`";
                    self.dead(place, unknown("type of an attribute:", key, TYPES), hint);
                    None
                }
            },
            Level::Free => Some(Level::Free),
        }
    }

    /// Where a key that is none of the record's own may stand.
    fn where_it_stands(&self, field: &Field) -> String {
        let (key, data, name) = (field.key.as_str(), self.record.data, self.record.name);
        let inner = self.written(&field.value.place);
        if self.record.is_of_a_table() {
            return match STREAM.contains(&key) {
                true => format!("it stands below `dynamodb`: write `{{\"dynamodb\": {{\"{key}\": {inner}}}}}`"),
                false => "an attribute stands below an image and its type: write \
                          `{\"dynamodb\": {\"NewImage\": {\"status\": {\"S\": [\"paid\"]}}}}`"
                    .to_owned(),
            };
        }
        if key == "kinesis" {
            return "for a filter, what an event has below `kinesis` stands at the top: write `{\"data\": {…}}`"
                .to_owned();
        }
        format!("what a {name} itself says stands below `{data}`: write `{{\"{data}\": {{\"{key}\": {inner}}}}}`")
    }

    fn field(&mut self, field: &Field, level: Level, below: Level) {
        let Field { key, value, .. } = field;
        let place = &value.place;
        let written = self.written(place).to_owned();
        let is_list = matches!(value.kind, Kind::List(_));
        match &value.kind {
            Kind::Object(fields) => match misplaced(fields) {
                Some((operator, true)) => {
                    let what = format!("`{operator}` stands in no list, so it is taken for a field");
                    self.dead(place, what, format!("write `[{written}]`"));
                }
                Some((operator, false)) => {
                    let what = format!("`{operator}` is an operator, which stands in a list");
                    self.form(place, what, format!("write `[{written}]`"));
                }
                None => self.object(fields, place, below),
            },
            // Also a value that is in no list: what is missing before it is said first.
            _ if level == Level::Attributes => {
                let list = if is_list { written } else { format!("[{written}]") };
                let what = format!("the attribute `{key}` holds its value below its type");
                self.dead(place, what, format!("write `{{\"{key}\": {{\"S\": {list}}}}}`, or another type than `S`"));
            }
            Kind::List(_) if level == Level::Record && key == self.record.data && self.record.is_json => {
                let what = format!("`{key}` is JSON, so a filter asks for its fields");
                self.form(place, what, format!("as in `{}`", self.record.example()));
            }
            Kind::List(_) if level == Level::Types && below != Level::Free => {
                let what = format!("`{key}` holds values with types of their own");
                let example =
                    if key == "L" { "{\"L\": {\"S\": […]}}" } else { "{\"M\": {\"name\": {\"S\": […]}}}" };
                self.dead(place, what, format!("write `{example}`"));
            }
            Kind::List(items) => {
                if items.is_empty() {
                    self.form(place, "an empty list takes no value", "name a value, or leave the field out");
                }
                for item in items {
                    self.wanted(item, key, level);
                }
            }
            _ => {
                self.form(place, format!("what is wanted of `{key}` stands in a list"), format!("write `[{written}]`"))
            }
        }
    }

    /// One of the values or operators that a field's list has.
    fn wanted(&mut self, item: &Value, key: &str, level: Level) {
        let of_a_table = self.record.is_of_a_table();
        match &item.kind {
            Kind::List(_) => {
                self.form(&item.place, "a list stands in a list", "a value of a record's list is wanted as any other");
            }
            Kind::Object(fields) => match operator::check(fields, item) {
                Err(mistake) => self.mistakes.push(mistake),
                // <https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html>. What stands beside an item are numbers.
                Ok(()) if level == Level::Types && fields.iter().any(|field| field.key == "numeric") => {
                    let what = "`numeric` compares numbers, and a stream of DynamoDB has those of items as texts";
                    let hint = "name the values as texts, as in `{\"N\": [\"10\"]}`, or compare them in the handler";
                    self.dead(&item.place, what, hint);
                }
                Ok(()) if level == Level::Types => {
                    for value in fields.iter().flat_map(|field| without_list(&field.value)) {
                        self.typed(value, key);
                    }
                }
                Ok(()) => {}
            },
            Kind::Text(text)
                if of_a_table && level == Level::Record && key == "eventName" && !EVENTS.contains(&text.as_str()) =>
            {
                let what = unknown("name of an event:", text, EVENTS);
                self.dead(&item.place, what, "as in `{\"eventName\": [\"INSERT\"]}`");
            }
            _ if level == Level::Types => self.typed(item, key),
            _ => {}
        }
    }

    /// A value below its type: all but truth and null are texts in a stream.
    fn typed(&mut self, value: &Value, ty: &str) {
        let is_flag = matches!(ty, "BOOL" | "NULL");
        match &value.kind {
            Kind::Number(_) if !is_flag => {
                let written = self.written(&value.place).to_owned();
                let what = format!("`{ty}` holds texts: a stream of DynamoDB has its numbers in quotes");
                self.dead(&value.place, what, format!("write `\"{written}\"`"));
            }
            Kind::Text(_) | Kind::Number(_) if is_flag => {
                self.dead(&value.place, format!("`{ty}` holds `true` or `false`, without quotes"), "write `[true]`");
            }
            _ => {}
        }
    }
}

/// The items of a list, or the value itself.
fn without_list(value: &Value) -> &[Value] {
    match &value.kind {
        Kind::List(items) => items,
        _ => std::slice::from_ref(value),
    }
}

/// The operator that these fields are, in no list, and whether Lambda takes it for a field.
fn misplaced(fields: &[Field]) -> Option<(&str, bool)> {
    let [Field { key, value, .. }] = fields else { return None };
    let is_field = match &value.kind {
        Kind::Object(_) => return None,
        Kind::List(items) => {
            let first = items.first().map(|item| &item.kind);
            let compares = matches!(first, Some(Kind::Text(text)) if COMPARISONS.contains(&text.as_str()));
            // Fields may be called `prefix` and the like.
            let is_operator = key == "anything-but" || key == "numeric" && compares;
            is_operator.then_some(true)?
        }
        _ => false,
    };
    OPERATORS.contains(&key.as_str()).then_some((key, is_field))
}
