//! Texts and numbers within their bounds.

use serde_json::{Map, Number, Value, json};

use super::MOST;

/// A text of the format, or what it is called, as long as it has to be.
pub(super) fn text(rules: &Map<String, Value>, name: &str) -> String {
    let format = rules.get("format").and_then(Value::as_str).unwrap_or_default();
    let known = match format {
        "date-time" => "2026-01-01T12:00:00Z",
        "date" => "2026-01-01",
        "time" => "12:00:00Z",
        "duration" => "PT1H",
        "email" | "idn-email" => "ada@example.com",
        "hostname" | "idn-hostname" => "example.com",
        "ipv4" | "ip" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "uri" | "iri" | "url" => "https://example.com/",
        "uri-reference" | "iri-reference" => "/example",
        "uuid" => "059f36b4-87a3-44ab-83d2-661975830a7d",
        "byte" => "aGVsbG8=",
        _ => name,
    };
    let limit = |word: &str| rules.get(word).and_then(Value::as_u64);
    let most = limit("maxLength").unwrap_or(u64::MAX);
    let mut text: String = known.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect();
    while (text.chars().count() as u64) < limit("minLength").unwrap_or(0).min(MOST) {
        text.push('x');
    }
    text
}

/// A number between the bounds, a whole one where that is the step. JSON's own numbers are kept where they are given.
pub(super) fn number(rules: &Map<String, Value>, step: f64) -> Value {
    let bound = |word: &str| rules.get(word).and_then(Value::as_f64);
    let multiple = bound("multipleOf").filter(|multiple| *multiple > 0.0);
    let step = multiple.unwrap_or(step);
    // The smallest from 1 upwards that is allowed, else the largest.
    let least = bound("minimum").max_by(bound("exclusiveMinimum").map(|least| least + step));
    let most = bound("maximum").min_by(bound("exclusiveMaximum").map(|most| most - step));
    let mut chosen = if step == 0.5 { 1.5 } else { step.max(1.0) };
    if let Some(least) = least
        && chosen < least
    {
        chosen = least;
    }
    if let Some(most) = most
        && chosen > most
    {
        chosen = most;
    }
    if let Some(multiple) = multiple {
        let rounded = (chosen / multiple).ceil() * multiple;
        chosen = if most.is_some_and(|most| rounded > most) { (chosen / multiple).floor() * multiple } else { rounded };
    }
    let is_whole = chosen.fract() == 0.0 && chosen.abs() < 9e15;
    match is_whole {
        true => json!(chosen as i64),
        false => Number::from_f64(chosen).map_or(Value::Null, Value::Number),
    }
}

/// The tighter of two bounds that may be absent.
trait Bound {
    fn max_by(self, other: Self) -> Self;
    fn min_by(self, other: Self) -> Self;
}

impl Bound for Option<f64> {
    fn max_by(self, other: Self) -> Self {
        match (self, other) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        }
    }

    fn min_by(self, other: Self) -> Self {
        match (self, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::schema::example;

    #[test]
    fn numbers_stay_within_their_bounds() {
        for (rules, expected) in [
            (json!({"type": "integer"}), json!(1)),
            (json!({"type": "number"}), json!(1.5)),
            (json!({"type": "integer", "minimum": 18}), json!(18)),
            (json!({"type": "integer", "exclusiveMinimum": 18}), json!(19)),
            (json!({"type": "integer", "maximum": -3}), json!(-3)),
            (json!({"type": "integer", "multipleOf": 5, "minimum": 7}), json!(10)),
            (json!({"type": "integer", "multipleOf": 5, "maximum": 9, "minimum": 3}), json!(5)),
            (json!({"minimum": 0.25, "maximum": 0.75}), json!(0.75)),
            (json!({"type": "integer", "format": "uint64", "minimum": 0}), json!(1)),
        ] {
            assert_eq!(example(&rules).unwrap(), expected, "{rules}");
        }
    }

    #[test]
    fn texts_have_their_format_and_length() {
        for (rules, expected) in [
            (json!({"format": "email"}), "ada@example.com"),
            (json!({"format": "date-time"}), "2026-01-01T12:00:00Z"),
            (json!({"maxLength": 3}), "val"),
            (json!({"minLength": 7}), "valuexx"),
        ] {
            assert_eq!(example(&rules).unwrap(), expected, "{rules}");
        }
    }
}
