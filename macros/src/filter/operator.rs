//! Operators: objects in a list of a filter, which ask for more than a value that is equal.

use crate::diag::unknown;
use crate::filter::Mistake;
use crate::filter::json::{Field, Kind, Value};

/// Those that AWS's page lists for Lambda, and `cidr`, which only AWS's examples have; EventBridge has more.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax>
/// <https://serverlessland.com/patterns/lambda-esm-sqs-filters-sam>
pub(super) const OPERATORS: &[&str] =
    &["prefix", "suffix", "equals-ignore-case", "anything-but", "numeric", "exists", "cidr"];

pub(super) const COMPARISONS: &[&str] = &["=", ">", ">=", "<", "<="];

const OF_EVENTBRIDGE: &[&str] = &["wildcard"];

/// What is wrong with an operator, if anything is.
pub(super) fn check(fields: &[Field], whole: &Value) -> Result<(), Mistake> {
    let [Field { key, place, value }] = fields else {
        let what = if fields.is_empty() { "an operator is missing" } else { "these are several operators" };
        let hint = "each operator is an object of its own, as in `[{\"prefix\": \"a\"}, {\"suffix\": \"z\"}]`";
        return Err(Mistake::form(whole.place.clone(), what, hint));
    };
    match key.as_str() {
        "prefix" | "suffix" | "equals-ignore-case" => match value.kind {
            Kind::Text(_) => Ok(()),
            _ => Err(takes(key, value, "a text", &format!("{{\"{key}\": \"a\"}}"))),
        },
        "cidr" => match &value.kind {
            Kind::Text(text) if text.contains('/') => Ok(()),
            _ => Err(takes(key, value, "a range of addresses", "{\"cidr\": \"10.0.0.0/24\"}")),
        },
        "exists" => match value.kind {
            Kind::Flag => Ok(()),
            _ => Err(takes(key, value, "`true` or `false`", "{\"exists\": true}")),
        },
        "anything-but" => anything_but(value),
        "numeric" => numeric(value),
        other if OF_EVENTBRIDGE.contains(&other) => {
            let what = format!("`{other}` is an operator of EventBridge's, which Lambda does not list");
            let hint = format!("there are: {}", crate::diag::list(OPERATORS));
            Err(Mistake::form(place.clone(), what, hint))
        }
        other => {
            let hint = "an object in a list is an operator; a field's own fields stand in an object without a list";
            Err(Mistake::form(place.clone(), unknown("operator", other, OPERATORS), hint))
        }
    }
}

fn takes(key: &str, value: &Value, what: &str, example: &str) -> Mistake {
    Mistake::form(value.place.clone(), format!("`{key}` takes {what}"), format!("as in `{example}`"))
}

/// One value, or values of one kind.
fn anything_but(value: &Value) -> Result<(), Mistake> {
    let wrong =
        |at: &Value| takes("anything-but", at, "a text, a number, or a list of them", "{\"anything-but\": [\"a\"]}");
    let items = match &value.kind {
        Kind::Text(_) | Kind::Number(_) => return Ok(()),
        Kind::Object(_) => {
            let what = "operators within `anything-but` are EventBridge's, and Lambda does not list them";
            return Err(Mistake::form(value.place.clone(), what, "name the values that are not wanted"));
        }
        Kind::List(items) if !items.is_empty() => items,
        _ => return Err(wrong(value)),
    };
    let is_text = |item: &Value| matches!(item.kind, Kind::Text(_));
    let all = items.first().is_some_and(is_text);
    for item in items {
        if !matches!(item.kind, Kind::Text(_) | Kind::Number(_)) {
            return Err(wrong(item));
        }
        if is_text(item) != all {
            let what = "`anything-but` takes texts or numbers, not both in one list";
            let hint = "numbers stand without quotes where the field holds numbers";
            return Err(Mistake::form(item.place.clone(), what, hint));
        }
    }
    Ok(())
}

/// `=` and a number, or one bound, or a lower and an upper one.
fn numeric(value: &Value) -> Result<(), Mistake> {
    const EXAMPLE: &str = "as in `{\"numeric\": [\">\", 10, \"<=\", 20]}`";

    let Kind::List(items) = &value.kind else {
        return Err(Mistake::form(value.place.clone(), "`numeric` takes a list", EXAMPLE));
    };
    if items.is_empty() {
        return Err(Mistake::form(value.place.clone(), "`numeric` compares with nothing", EXAMPLE));
    }
    let mut bounds = Vec::new();
    for pair in items.chunks(2) {
        let [comparison, rest @ ..] = pair else { continue };
        let known = match &comparison.kind {
            Kind::Text(text) => COMPARISONS.iter().find(|known| **known == text),
            _ => None,
        };
        let Some(known) = known else {
            let what = "a comparison should stand here: `=`, `>`, `>=`, `<` or `<=`, in quotes";
            return Err(Mistake::form(comparison.place.clone(), what, EXAMPLE));
        };
        let [number] = rest else {
            let end = comparison.place.end;
            return Err(Mistake::form(end..end, format!("the number behind `{known}` is missing"), EXAMPLE));
        };
        let Kind::Number(bound) = number.kind else {
            let what = format!("a number should stand behind `{known}`, without quotes");
            return Err(Mistake::form(number.place.clone(), what, EXAMPLE));
        };
        bounds.push((known, bound, comparison.place.start..number.place.end));
    }
    let is_lower = |comparison: &str| comparison.starts_with('>');
    match bounds.as_slice() {
        [_] => Ok(()),
        [(first, ..), (second, _, place)] if !is_lower(first) || !second.starts_with('<') => {
            let what = format!("`{second}` does not go with `{first}`");
            Err(Mistake::form(place.clone(), what, "a range is its lower bound and then its upper one"))
        }
        [(_, from, _), (_, to, place)] if from >= to => {
            let what = "the upper bound is not above the lower one";
            Err(Mistake::form(place.clone(), what, "a single number is `{\"numeric\": [\"=\", 10]}`"))
        }
        [_, _] => Ok(()),
        _ => Err(Mistake::form(value.place.clone(), "`numeric` has at most two bounds", EXAMPLE)),
    }
}
