//! A value out of a JSON Schema: small, always the same, with every property that is named.
//!
//! What a schema says in words that are not known here (a `pattern`, an `if`) is passed over: the value is an example
//! to go on from, not a proof.

#[cfg(test)]
mod derived;
mod scalar;

use std::cell::Cell;

use serde_json::{Map, Value, json};

use crate::event::schema::scalar::{number, text};

/// How deep references are followed. A type that holds itself ends here, with its optional parts left out.
const DEEPEST: usize = 24;

/// Beyond this depth only what is required is made.
const ONLY_REQUIRED: usize = 6;

/// The most elements, or characters, that are made because of a minimum.
const MOST: u64 = 1000;

/// The most values that an example is made of: lists of lists multiply.
const LARGEST: u32 = 10_000;

/// Makes the example; an error says which part of the schema cannot be followed.
pub(super) fn example(schema: &Value) -> Result<Value, String> {
    Maker { root: schema, left: Cell::new(LARGEST) }.value(schema, "value", 0)
}

struct Maker<'s> {
    root: &'s Value,
    /// How many values may still be made.
    left: Cell<u32>,
}

impl Maker<'_> {
    /// `name` is what the value is called where it stands: a text without further rules is that.
    fn value(&self, schema: &Value, name: &str, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(format!("it goes deeper than {DEEPEST} levels at `{name}`, without an end"));
        }
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(format!("it asks for more than {LARGEST} values"));
        };
        self.left.set(left);
        // `true` lets everything pass.
        let Some(rules) = schema.as_object() else { return Ok(json!(name)) };
        let first = |word: &str| rules.get(word)?.as_array()?.first();
        let given = rules.get("const").or_else(|| rules.get("example")).or_else(|| first("examples"));
        // A default of nothing is less of an example than what may be there.
        let default = || rules.get("default").filter(|value| !value.is_null());
        if let Some(value) = given.or_else(default).or_else(|| first("enum")) {
            return Ok(value.clone());
        }
        if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
            let referred = self.value(self.referred(reference)?, name, depth + 1)?;
            return self.beside(rules, referred, depth);
        }
        if let Some(choices) = ["oneOf", "anyOf"].iter().find_map(|word| rules.get(*word)?.as_array()) {
            // What may be absent as well is more of an example when it is there.
            let Some(choice) = choices.iter().find(|choice| !is_null(choice)).or(choices.first()) else {
                return Err(format!("`{name}` has no choice"));
            };
            let chosen = self.value(choice, name, depth + 1)?;
            return self.beside(rules, chosen, depth);
        }
        if let Some(parts) = rules.get("allOf").and_then(Value::as_array) {
            return self.all_of(rules, parts, name, depth);
        }
        match type_of(rules) {
            "object" => self.object(rules, depth).map(Value::Object),
            "array" => self.array(rules, name, depth),
            "string" => Ok(json!(text(rules, name))),
            "integer" => Ok(number(rules, 1.0)),
            "number" => Ok(number(rules, 0.5)),
            "boolean" => Ok(json!(true)),
            "null" => Ok(Value::Null),
            other => Err(format!("`{name}` is of type `{other}`, which JSON has not")),
        }
    }

    /// What was chosen or referred to, with the properties that stand beside it: what all choices have, or the tag of one.
    fn beside(&self, rules: &Map<String, Value>, chosen: Value, depth: usize) -> Result<Value, String> {
        match (chosen, rules.contains_key("properties")) {
            (Value::Object(chosen), true) => Ok(Value::Object(merged(self.object(rules, depth)?, chosen))),
            (chosen, _) => Ok(chosen),
        }
    }

    /// `#/$defs/Order`: a place in the schema itself.
    fn referred(&self, reference: &str) -> Result<&Value, String> {
        let pointer = reference.strip_prefix('#');
        let found = pointer.and_then(|pointer| self.root.pointer(pointer));
        found.ok_or_else(|| format!("`$ref` to `{reference}` leads nowhere"))
    }

    fn object(&self, rules: &Map<String, Value>, depth: usize) -> Result<Map<String, Value>, String> {
        let required: Vec<&str> =
            rules.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, schema) in rules.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            if depth >= ONLY_REQUIRED && !is_required {
                continue;
            }
            match self.value(schema, name, depth + 1) {
                Ok(value) => drop(object.insert(name.clone(), value)),
                Err(error) if is_required => return Err(error),
                // It can do without.
                Err(_) => {}
            }
        }
        for name in required.into_iter().filter(|name| !rules_hold(rules, name)) {
            object.insert(name.to_owned(), json!(name));
        }
        // A map: one entry shows what the others are like.
        if let Some(values) = rules.get("additionalProperties").filter(|values| values.is_object())
            && object.is_empty()
            && depth < ONLY_REQUIRED
        {
            object.insert("key".to_owned(), self.value(values, "value", depth + 1)?);
        }
        Ok(object)
    }

    fn array(&self, rules: &Map<String, Value>, name: &str, depth: usize) -> Result<Value, String> {
        let least = rules.get("minItems").and_then(Value::as_u64).unwrap_or(0).min(MOST);
        let most = rules.get("maxItems").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let mut items = Vec::new();
        let tuple = rules.get("prefixItems").or_else(|| rules.get("items").filter(|items| items.is_array()));
        for schema in tuple.and_then(Value::as_array).into_iter().flatten() {
            items.push(self.value(schema, name, depth + 1)?);
        }
        let others = rules.get("items").filter(|items| items.is_object());
        let wanted = match (tuple, others) {
            (None, Some(_)) if depth < ONLY_REQUIRED => least.max(1).min(most),
            _ => least,
        };
        while (items.len() as u64) < wanted {
            items.push(self.value(others.unwrap_or(&Value::Bool(true)), name, depth + 1)?);
        }
        Ok(Value::Array(items))
    }

    /// Objects of all parts become one; of anything else the first part counts.
    fn all_of(&self, rules: &Map<String, Value>, parts: &[Value], name: &str, depth: usize) -> Result<Value, String> {
        let mut all = self.object(rules, depth)?;
        let mut other = None;
        for part in parts {
            match self.value(part, name, depth + 1)? {
                Value::Object(object) => all = merged(all, object),
                value => other = other.or(Some(value)),
            }
        }
        Ok(other.filter(|_| all.is_empty()).unwrap_or(Value::Object(all)))
    }
}

fn merged(mut one: Map<String, Value>, other: Map<String, Value>) -> Map<String, Value> {
    one.extend(other);
    one
}

fn rules_hold(rules: &Map<String, Value>, name: &str) -> bool {
    rules.get("properties").and_then(Value::as_object).is_some_and(|properties| properties.contains_key(name))
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null") || schema.get("const").is_some_and(Value::is_null)
}

/// The type; of several the first that is something. Without one, what the other words are about.
fn type_of(rules: &Map<String, Value>) -> &str {
    match rules.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            names.iter().find(|name| **name != "null").or(names.first()).copied().unwrap_or("null")
        }
        _ if ["properties", "required", "additionalProperties"].iter().any(|word| rules.contains_key(*word)) => {
            "object"
        }
        _ if ["items", "prefixItems"].iter().any(|word| rules.contains_key(*word)) => "array",
        _ if ["minimum", "maximum", "multipleOf"].iter().any(|word| rules.contains_key(*word)) => "number",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(schema: Value) -> Value {
        example(&schema).unwrap()
    }

    #[test]
    fn an_order_has_its_fields() {
        let schema = json!({
            "$defs": {"Line": {"type": "object", "properties": {
                "sku": {"type": "string", "minLength": 5},
                "quantity": {"type": "integer", "minimum": 2},
            }, "required": ["sku", "quantity"]}},
            "type": "object",
            "properties": {
                "id": {"type": "string", "format": "uuid"},
                "kind": {"enum": ["new", "old"]},
                "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
                "note": {"type": ["null", "string"]},
                "paid": {"type": "boolean"},
                "total": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                "currency": {"type": "string", "default": "EUR"},
                "version": {"const": 3},
                "address": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"city": {"type": "string"}}}]},
            },
            "required": ["id", "channel"],
        });
        let expected = json!({
            "id": "059f36b4-87a3-44ab-83d2-661975830a7d",
            "kind": "new",
            "lines": [{"sku": "skuxx", "quantity": 2}],
            "note": "note",
            "paid": true,
            "total": 1,
            "currency": "EUR",
            "version": 3,
            "address": {"city": "city"},
            "channel": "channel",
        });
        assert_eq!(made(schema), expected);
    }

    #[test]
    fn choices_are_the_first_and_parts_are_put_together() {
        let tagged = json!({"oneOf": [
            {"type": "object", "properties": {"type": {"const": "card"}, "number": {"type": "string"}}},
            {"type": "object", "properties": {"type": {"const": "cash"}}},
        ]});
        assert_eq!(made(tagged), json!({"type": "card", "number": "number"}));
        let beside = json!({"properties": {"id": {"type": "integer"}}, "oneOf": [{"properties": {"a": {"const": 1}}}]});
        assert_eq!(made(beside), json!({"id": 1, "a": 1}));
        let all = json!({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]});
        assert_eq!(made(all), json!({"a": 1, "b": 2}));
        assert_eq!(made(json!({"allOf": [{"type": "integer"}]})), json!(1));
    }

    #[test]
    fn maps_and_tuples_show_what_they_hold() {
        assert_eq!(made(json!({"type": "object", "additionalProperties": {"type": "integer"}})), json!({"key": 1}));
        let tuple = json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}], "minItems": 2});
        assert_eq!(made(tuple), json!([1, true]));
        assert_eq!(made(json!({"type": "array", "items": {"type": "integer"}, "minItems": 3})), json!([1, 1, 1]));
        assert_eq!(made(json!({"type": "array", "items": {"type": "integer"}, "maxItems": 0})), json!([]));
        assert_eq!(made(json!({"type": "object"})), json!({}));
    }

    #[test]
    fn a_type_that_holds_itself_ends() {
        let tree = json!({
            "$ref": "#/$defs/Tree",
            "$defs": {"Tree": {"type": "object", "required": ["children"], "properties": {
                "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}},
                "parent": {"$ref": "#/$defs/Tree"},
            }}},
        });
        let tree = made(tree);
        assert!(tree.pointer("/children/0/parent").is_some());
        assert!(tree.to_string().len() < 10_000, "{}", tree.to_string().len());
        let endless = json!({"$ref": "#"});
        assert!(example(&endless).unwrap_err().contains("without an end"));
        let required = json!({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}});
        assert!(example(&required).unwrap_err().contains("`next`"));
    }

    #[test]
    fn what_cannot_be_followed_is_named() {
        assert!(example(&json!({"$ref": "#/$defs/No"})).unwrap_err().contains("`#/$defs/No`"));
        assert!(example(&json!({"$ref": "https://example.com/schema"})).unwrap_err().contains("leads nowhere"));
        assert!(example(&json!({"type": "decimal"})).unwrap_err().contains("`decimal`"));
        assert!(example(&json!({"oneOf": []})).unwrap_err().contains("no choice"));
        assert_eq!(made(json!(true)), json!("value"));
        let cube = json!({"minItems": 999, "items": {"minItems": 999, "items": {"minItems": 999, "items": {}}}});
        assert!(example(&cube).unwrap_err().contains("10000 values"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let word = prop::sample::select(vec![
            "type",
            "properties",
            "items",
            "oneOf",
            "anyOf",
            "allOf",
            "$ref",
            "required",
            "minItems",
            "minLength",
            "minimum",
            "maximum",
            "multipleOf",
            "enum",
            "prefixItems",
            "additionalProperties",
            "a",
        ]);
        let leaf = prop_oneof![
            Just(json!("object")),
            Just(json!("array")),
            Just(json!("integer")),
            Just(json!("#")),
            Just(json!("#/items")),
            any::<i64>().prop_map(|n| json!(n)),
            any::<f64>().prop_map(|n| json!(n)),
            Just(json!(null)),
            Just(json!(true)),
        ];
        leaf.prop_recursive(5, 40, 5, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((word.clone(), inner), 0..6)
                    .prop_map(|pairs| pairs.into_iter().map(|(word, value)| (word.to_owned(), value)).collect()),
            ]
        })
    }

    proptest! {
        /// Whatever a manifest holds: an example or a reason, and the same one each time.
        #[test]
        fn no_schema_is_too_odd(schema in any_json()) {
            prop_assert_eq!(example(&schema), example(&schema));
        }
    }
}
