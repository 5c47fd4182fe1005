//! Filters of what Lambda polls, for what writes templates and what reads them:
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>.

use serde_json::Value;

/// How many a mapping may have until the account's quota is raised, to 10 at most.
pub(crate) const QUOTA: usize = 5;
pub(crate) const MOST: usize = 10;

/// The longest one, in the units that AWS's Java counts: <https://docs.aws.amazon.com/lambda/latest/api/API_Filter.html>.
const LONGEST: usize = 4096;

pub(crate) fn is_too_long(pattern: &str) -> bool {
    length(pattern) > LONGEST
}

fn length(pattern: &str) -> usize {
    pattern.encode_utf16().count()
}

/// A filter as JSON, or what Lambda refuses it for. What is in its lists is Lambda's to say: it learns more operators.
pub(crate) fn parsed(pattern: &str) -> Result<Value, String> {
    if is_too_long(pattern) {
        let length = length(pattern);
        return Err(format!("it has {length} characters, and Lambda takes up to {LONGEST}"));
    }
    let value: Value = serde_json::from_str(pattern).map_err(|error| format!("it is no JSON: {error}"))?;
    match &value {
        Value::Object(fields) => check(fields)?,
        _ => return Err("it is no JSON object".to_owned()),
    }
    Ok(value)
}

/// Each field leads to more fields, or to a list.
fn check(fields: &serde_json::Map<String, Value>) -> Result<(), String> {
    for (key, value) in fields {
        match value {
            Value::Object(fields) => check(fields)?,
            Value::Array(items) if items.is_empty() => return Err(format!("the list of `{key}` is empty")),
            Value::Array(items) if key == "$or" => {
                items.iter().filter_map(Value::as_object).try_for_each(check)?;
            }
            Value::Array(_) => {}
            _ => return Err(format!("what is wanted of `{key}` has to stand in a list")),
        }
    }
    Ok(())
}

/// A number as the Serverless Framework and `jsonencode` write it: whole where it can be.
pub(crate) fn number(number: f64) -> Option<Value> {
    let whole = (number.fract() == 0.0).then(|| format!("{number:.0}").parse::<i64>().ok()).flatten();
    whole.map(Value::from).or_else(|| serde_json::Number::from_f64(number).map(Value::from))
}

/// Whether each of these filters is among those. The order means nothing: of filters, which are or-ed, of fields, and of
/// what is wanted of one.
pub(crate) fn are_among(these: &[Value], those: &[Value]) -> bool {
    let normal = |filters: &[Value]| filters.iter().map(|filter| normal(filter, "")).collect::<Vec<_>>();
    let those = normal(those);
    normal(these).iter().all(|filter| those.contains(filter))
}

fn settled(mut values: Vec<Value>) -> Vec<Value> {
    values.sort_by_cached_key(Value::to_string);
    values.dedup();
    values
}

/// In the order of a set, but for what is compared with, which are numbers and not how they are written.
fn normal(value: &Value, of: &str) -> Value {
    match value {
        Value::Array(items) if of == "numeric" => {
            let compared = |item: &Value| item.as_f64().and_then(number).unwrap_or_else(|| item.clone());
            Value::Array(items.iter().map(compared).collect())
        }
        Value::Array(items) => Value::Array(settled(items.iter().map(|item| normal(item, "")).collect())),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), normal(value, key)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        // One value of `anything-but` may stand alone.
        value if of == "anything-but" => Value::Array(vec![value.clone()]),
        value => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lambda_refuses_is_said() {
        for right in [r#"{"body": {"a": [1, {"prefix": "b"}]}, "$or": [{"a": ["b"]}, {"c": [null]}]}"#, "{}"] {
            assert!(parsed(right).is_ok(), "{right}");
        }
        for (wrong, what) in [
            ("", "no JSON"),
            ("{", "no JSON"),
            ("[1]", "no JSON object"),
            (r#"{"a": "b"}"#, "`a` has to stand in a list"),
            (r#"{"a": {"b": null}}"#, "`b` has to stand in a list"),
            (r#"{"a": {"b": []}}"#, "`b` is empty"),
            (r#"{"$or": [{"a": [1]}, {"b": 1}]}"#, "`b` has to stand in a list"),
        ] {
            let error = parsed(wrong).unwrap_err();
            assert!(error.contains(what), "{error}");
        }
        let of = |letters: usize| format!(r#"{{"a":["{}"]}}"#, "b".repeat(letters));
        assert!(parsed(&of(4096 - 10)).is_ok());
        assert!(parsed(&of(4096 - 9)).unwrap_err().contains("4097 characters"));
    }

    #[test]
    fn the_order_means_nothing() {
        let of = |texts: &[&str]| texts.iter().map(|text| parsed(text).unwrap()).collect::<Vec<_>>();
        let same = |one: &[&str], other: &[&str]| are_among(&of(one), &of(other)) && are_among(&of(other), &of(one));
        for (one, other) in [
            (vec![r#"{"a": [1, "b"], "c": ["d"]}"#], vec![r#"{ "c": ["d"], "a": ["b", 1, 1] }"#]),
            (vec![r#"{"a": [1]}"#, r#"{"b": [1]}"#], vec![r#"{"b": [1]}"#, r#"{"a": [1]}"#, r#"{"a": [1]}"#]),
            (vec![r#"{"$or": [{"a": [1]}, {"b": [2]}]}"#], vec![r#"{"$or": [{"b": [2]}, {"a": [1]}]}"#]),
            (vec![r#"{"a": [{"anything-but": "b"}]}"#], vec![r#"{"a": [{"anything-but": ["b"]}]}"#]),
            (vec![r#"{"a": ["\u0024{b}"]}"#], vec![r#"{"a": ["${b}"]}"#]),
            (
                vec![r#"{"a": [{"numeric": [">", 0, "<=", 1.50]}]}"#],
                vec![r#"{"a": [{"numeric": [">", 0.0, "<=", 15e-1]}]}"#],
            ),
        ] {
            assert!(same(&one, &other), "{one:?} {other:?}");
        }
        for (one, other) in [
            (vec![r#"{"a": [1]}"#], vec![r#"{"a": ["1"]}"#]),
            (vec![r#"{"a": [1]}"#], vec![r#"{"a": [1.0]}"#]),
            (vec![r#"{"a": [1]}"#], vec![r#"{"a": [1]}"#, r#"{"b": [1]}"#]),
            (vec![r#"{"a": [{"numeric": [">", 1, "<", 2]}]}"#], vec![r#"{"a": [{"numeric": ["<", 1, ">", 2]}]}"#]),
            (vec![r#"{"a": {"b": [1]}}"#], vec![r#"{"a": [{"b": [1]}]}"#]),
        ] {
            assert!(!same(&one, &other), "{one:?} {other:?}");
        }
        let (some, more) = (of(&[r#"{"a": [1]}"#]), of(&[r#"{"b": [1]}"#, r#"{"a": [1]}"#]));
        assert!(are_among(&some, &more) && !are_among(&more, &some));
    }
}
