//! JSON in texts: policies, patterns, what `jsonencode` made.

use crate::check::observed::{Part, Text};
use crate::check::read::terraform::value::{Kind, List, Map, Value, append};
use crate::filters;

/// Around the number of a piece that stands in for it while the text is parsed: of the private use area, so in no real text.
const OPEN: char = '\u{E0F0}';
const CLOSE: char = '\u{E0F1}';

/// The value that a text is JSON of; what is in it has the text's place.
pub(super) fn decoded(value: &Value) -> Option<Value> {
    match &value.of {
        Kind::Json(inner) => Some((**inner).clone()),
        // A document that is no text yet, as the provider takes nowhere, and as what was decoded already.
        Kind::Map(_) => Some(value.clone()),
        Kind::Text(text) => {
            let mut all = String::new();
            for (number, part) in text.0.iter().enumerate() {
                match part {
                    Part::Literal(literal) if literal.contains([OPEN, CLOSE]) => return None,
                    Part::Literal(literal) => all.push_str(literal),
                    _ => all.push_str(&format!("{OPEN}{number}{CLOSE}")),
                }
            }
            let json: serde_json::Value = serde_json::from_str(&all).ok()?;
            Some(from(&json, value, &value.place.path, &|found| restored(found, text)))
        }
        _ => None,
    }
}

/// The JSON that a value is as a text, if all of it is known.
pub(super) fn written(value: &Value) -> Option<String> {
    match &value.of {
        Kind::Json(inner) => encoded(inner).map(|json| json.to_string()),
        Kind::Text(_) => value.as_str(),
        _ => None,
    }
}

fn encoded(value: &Value) -> Option<serde_json::Value> {
    use serde_json::Value as Json;

    Some(match &value.of {
        Kind::Null => Json::Null,
        Kind::Bool(flag) => Json::Bool(*flag),
        Kind::Number(number) => filters::number(*number)?,
        Kind::Text(_) => value.as_str()?.into(),
        // What is JSON already stands there as a text.
        Kind::Json(inner) => encoded(inner)?.to_string().into(),
        Kind::List(list) if !list.is_open => list.items.iter().map(encoded).collect::<Option<Vec<_>>>()?.into(),
        Kind::Map(map) if !map.is_open => {
            let entry = |(key, value): &(String, Value)| Some((key.clone(), encoded(value)?));
            map.entries.iter().map(entry).collect::<Option<serde_json::Map<_, _>>>()?.into()
        }
        Kind::List(_) | Kind::Map(_) | Kind::Resource(_) | Kind::Unknown(_) => return None,
    })
}

/// A value of JSON, with places below the path.
fn from(json: &serde_json::Value, whole: &Value, path: &str, text: &dyn Fn(&str) -> Text) -> Value {
    let of = match json {
        serde_json::Value::Null => Kind::Null,
        serde_json::Value::Bool(flag) => Kind::Bool(*flag),
        serde_json::Value::Number(number) => {
            number.as_f64().map_or_else(|| Kind::Unknown(number.to_string()), Kind::Number)
        }
        serde_json::Value::String(found) => Kind::Text(text(found)),
        serde_json::Value::Array(array) => {
            let item = |(index, item)| from(item, whole, &format!("{path}[{index}]"), text);
            Kind::List(List { items: array.iter().enumerate().map(item).collect(), is_open: false })
        }
        serde_json::Value::Object(object) => {
            let mut map = Map::default();
            for (key, value) in object {
                let key = text(key).0;
                match key.as_slice() {
                    [] => map.entries.push((String::new(), from(value, whole, path, text))),
                    [Part::Literal(key)] => {
                        map.entries.push((key.clone(), from(value, whole, &format!("{path}.{key}"), text)));
                    }
                    _ => map.is_open = true,
                }
            }
            Kind::Map(map)
        }
    };
    let mut place = (*whole.place).clone();
    path.clone_into(&mut place.path);
    Value { of, place: place.into() }
}

/// With the pieces that were stood in for.
fn restored(found: &str, whole: &Text) -> Text {
    let mut text = Text::default();
    for (index, piece) in found.split(OPEN).enumerate() {
        let rest = match piece.split_once(CLOSE).filter(|_| index > 0) {
            Some((number, rest)) => {
                if let Some(part) = number.parse().ok().and_then(|number: usize| whole.0.get(number)) {
                    append(&mut text, part.clone());
                }
                rest
            }
            None => piece,
        };
        append(&mut text, Part::Literal(rest.to_owned()));
    }
    text
}
