//! Keys and hashes as Powertools for AWS Lambda makes them, so that both can work on one table.
//!
//! Its library for Python hashes `json.dumps(…, sort_keys=True)` with MD5 into hexadecimal; the one for TypeScript
//! `JSON.stringify(…)`, its fields sorted without regard to case, with MD5 into base64. Either puts its prefix and a `#` in
//! front. The tests hold vectors that version 3.37 and version 2.35 of those libraries made.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use serde_json::{Number, Value};

use super::hash;

/// The hash that the library for Python makes.
pub(crate) fn python_hash(key: &Value) -> String {
    hash::hex(&Md5::digest(json(key, &PYTHON)))
}

/// The hash that the library for TypeScript makes.
pub(crate) fn typescript_hash(key: &Value) -> String {
    STANDARD.encode(Md5::digest(json(key, &TYPESCRIPT)))
}

/// Whether the library for Python takes a key for missing: nothing at all, or nothing in any of its parts.
pub(crate) fn is_missing_in_python(key: &Value) -> bool {
    match key {
        Value::Object(fields) => fields.values().all(Value::is_null),
        Value::Array(items) => items.iter().all(Value::is_null),
        Value::String(text) => text.is_empty(),
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Whether the library for TypeScript takes a key for missing: what JavaScript takes for false, alone or in all parts.
pub(crate) fn is_missing_in_typescript(key: &Value) -> bool {
    let is_falsy = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(is_set) => !is_set,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(_) | Value::Object(_) => false,
    };
    match key {
        Value::Object(fields) => fields.values().all(is_falsy),
        Value::Array(items) => items.iter().all(is_falsy),
        plain => is_falsy(plain),
    }
}

/// How a language writes JSON.
struct Dialect {
    comma: &'static str,
    colon: &'static str,
    is_ascii: bool,
    sort: fn(&mut Vec<(&String, &Value)>),
    number: fn(&Number) -> String,
}

const PYTHON: Dialect = Dialect {
    comma: ", ",
    colon: ": ",
    is_ascii: true,
    sort: |fields| fields.sort_by_key(|(name, _)| *name),
    number: python_number,
};

const TYPESCRIPT: Dialect =
    Dialect { comma: ",", colon: ":", is_ascii: false, sort: sort_as_javascript, number: javascript_number };

fn json(value: &Value, dialect: &Dialect) -> String {
    let mut text = String::new();
    write(value, dialect, &mut text);
    text
}

fn write(value: &Value, dialect: &Dialect, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(is_set) => text.push_str(if *is_set { "true" } else { "false" }),
        Value::Number(number) => text.push_str(&(dialect.number)(number)),
        Value::String(string) => write_string(string, dialect, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { dialect.comma } else { "" });
                write(item, dialect, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            (dialect.sort)(&mut fields);
            text.push('{');
            for (index, (name, value)) in fields.into_iter().enumerate() {
                text.push_str(if index > 0 { dialect.comma } else { "" });
                write_string(name, dialect, text);
                text.push_str(dialect.colon);
                write(value, dialect, text);
            }
            text.push('}');
        }
    }
}

/// serde_json escapes as JavaScript does; Python's escapes everything outside of printable ASCII besides.
fn write_string(string: &str, dialect: &Dialect, text: &mut String) {
    let quoted = Value::from(string).to_string();
    if !dialect.is_ascii {
        text.push_str(&quoted);
        return;
    }
    for character in quoted.chars() {
        match character {
            ' '..='~' => text.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
}

/// Case-insensitive, as the library sorts; but JavaScript keeps names that are array indices in front, in their numbers'
/// order. Of names that differ in nothing but case, JavaScript keeps the order of the event, which is not known here.
fn sort_as_javascript(fields: &mut Vec<(&String, &Value)>) {
    let index = |name: &str| name.parse::<u32>().ok().filter(|index| *index < u32::MAX && index.to_string() == name);
    fields.sort_by_cached_key(|(name, _)| {
        let units: Vec<u16> = name.to_lowercase().encode_utf16().collect();
        match index(name) {
            Some(index) => (0, index, Vec::new()),
            None => (1, 0, units),
        }
    });
}

fn python_number(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => Digits::of(float).python(),
        _ => number.to_string(),
    }
}

/// JavaScript's numbers are floats, however they are written.
fn javascript_number(number: &Number) -> String {
    number.as_f64().map_or_else(|| number.to_string(), |float| Digits::of(float).javascript())
}

/// A float's shortest digits, which all three languages agree on: `sign 0.digits × 10^point`.
struct Digits {
    sign: &'static str,
    digits: String,
    point: i32,
}

impl Digits {
    fn of(float: f64) -> Self {
        let scientific = format!("{:e}", float.abs());
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        Self {
            sign: if float.is_sign_negative() { "-" } else { "" },
            digits: mantissa.replace('.', ""),
            point: exponent.parse::<i32>().unwrap_or(0) + 1,
        }
    }

    /// `repr`: with an exponent below 1e-4 and from 1e16 on.
    fn python(&self) -> String {
        match self.point {
            -3..=16 => {
                let plain = self.plain();
                if plain.contains('.') { plain } else { format!("{plain}.0") }
            }
            _ => self.scientific(2),
        }
    }

    /// `Number::toString` of ECMAScript: with an exponent below 1e-6 and from 1e21 on; there is no `-0`.
    fn javascript(&self) -> String {
        match self.point {
            _ if self.digits == "0" => "0".to_owned(),
            -5..=21 => self.plain(),
            _ => self.scientific(1),
        }
    }

    fn plain(&self) -> String {
        let Self { sign, digits, point } = self;
        let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap_or(0));
        if *point <= 0 {
            return format!("{sign}0.{}{digits}", zeros(-point));
        }
        if *point >= count {
            return format!("{sign}{digits}{}", zeros(point - count));
        }
        let (whole, rest) = digits.split_at(usize::try_from(*point).unwrap_or(0));
        format!("{sign}{whole}.{rest}")
    }

    fn scientific(&self, width: usize) -> String {
        let Self { sign, digits, point } = self;
        let (first, rest) = digits.split_at(1);
        let point_and_rest = if rest.is_empty() { String::new() } else { format!(".{rest}") };
        let exponent = point - 1;
        let direction = if exponent < 0 { '-' } else { '+' };
        format!("{sign}{first}{point_and_rest}e{direction}{:0width$}", exponent.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Data, and the hash that a library made of it.
    fn vectors(file: &str) -> Vec<(Value, String)> {
        serde_json::from_str(file).unwrap()
    }

    #[test]
    fn hashes_are_those_of_powertools_for_python() {
        for (data, hash) in vectors(include_str!("compat/python.json")) {
            assert_eq!(python_hash(&data), hash, "{data} as {}", json(&data, &PYTHON));
        }
    }

    #[test]
    fn hashes_are_those_of_powertools_for_typescript() {
        for (data, hash) in vectors(include_str!("compat/typescript.json")) {
            assert_eq!(typescript_hash(&data), hash, "{data} as {}", json(&data, &TYPESCRIPT));
        }
    }

    #[test]
    fn what_is_missing_is_what_those_libraries_take_for_it() {
        use serde_json::json;

        for (key, in_python, in_typescript) in [
            (json!(null), true, true),
            (json!(""), true, true),
            (json!([]), true, true),
            (json!({}), true, true),
            (json!(0), false, true),
            (json!(false), false, true),
            (json!([null, null]), true, true),
            (json!([null, 1]), false, false),
            (json!(["", 0]), false, true),
            (json!({"a": null}), true, true),
            (json!([[]]), false, false),
        ] {
            assert_eq!(is_missing_in_python(&key), in_python, "{key}");
            assert_eq!(is_missing_in_typescript(&key), in_typescript, "{key}");
        }
    }
}
