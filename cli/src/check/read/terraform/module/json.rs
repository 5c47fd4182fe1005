//! Files of Terraform in JSON, as other tools write them: <https://developer.hashicorp.com/terraform/language/syntax/json>.
//!
//! They come to the same blocks and expressions; without places, because nobody writes them by hand.

use hcl_edit::Ident;
use hcl_edit::expr::{Array, Expression, Object, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::template::{Element, StringTemplate};
use serde_json::{Map, Value as Json};

/// What stands in such a file.
pub(super) fn body(text: &str) -> Result<Body, serde_json::Error> {
    let json: Json = serde_json::from_str(text)?;
    let mut body = Body::new();
    for part in one_or_many(&json).filter_map(Json::as_object) {
        for (name, value) in part {
            // How many names stand before what a block holds.
            let labels = match name.as_str() {
                "resource" | "data" => 2,
                "variable" | "module" => 1,
                "locals" => 0,
                _ => continue,
            };
            blocks(name, labels, value, &mut Vec::new(), &mut body);
        }
    }
    Ok(body)
}

fn one_or_many(json: &Json) -> impl Iterator<Item = &Json> {
    let (one, many) = match json {
        Json::Array(many) => (None, many.as_slice()),
        one => (Some(one), &[][..]),
    };
    one.into_iter().chain(many)
}

fn blocks<'j>(name: &str, labels: usize, value: &'j Json, given: &mut Vec<&'j str>, into: &mut Body) {
    for object in one_or_many(value).filter_map(Json::as_object) {
        if given.len() == labels {
            let Ok(ident) = Ident::try_new(name) else { return };
            let mut block = Block::new(ident);
            block.labels = given.iter().map(|label| (*label).into()).collect();
            arguments(object, &mut block.body);
            into.push(block);
            continue;
        }
        for (label, value) in object.iter().filter(|(label, _)| *label != "//") {
            given.push(label);
            blocks(name, labels, value, given, into);
            given.pop();
        }
    }
}

/// What a block holds. Of blocks in it only `dynamic` has to be told from an argument, and comes after those written out.
fn arguments(object: &Map<String, Json>, into: &mut Body) {
    for (name, value) in object {
        // What is no name is a comment: `//`.
        if let (false, Ok(ident)) = (name == "dynamic", Ident::try_new(name.as_str())) {
            into.push(Attribute::new(ident, expression(value)));
        }
    }
    if let Some(value) = object.get("dynamic") {
        dynamic(value, into);
    }
}

fn dynamic(value: &Json, into: &mut Body) {
    for (label, value) in one_or_many(value).filter_map(Json::as_object).flatten() {
        for object in one_or_many(value).filter_map(Json::as_object) {
            let mut block = Block::new(Ident::new_sanitized("dynamic"));
            block.labels = vec![label.as_str().into()];
            for (name, value) in object {
                match (name.as_str(), Ident::try_new(name.as_str())) {
                    ("content", _) => blocks(name, 0, value, &mut Vec::new(), &mut block.body),
                    (_, Ok(ident)) => block.body.push(Attribute::new(ident, expression(value))),
                    (_, Err(_)) => {}
                }
            }
            into.push(block);
        }
    }
}

/// A text is a template.
fn expression(json: &Json) -> Expression {
    match json {
        Json::Null => Expression::null(),
        Json::Bool(flag) => (*flag).into(),
        Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => number.into(),
            (_, Some(number), _) => number.into(),
            (.., Some(number)) => number.into(),
            _ => Expression::null(),
        },
        Json::String(text) => template(text),
        Json::Array(items) => Expression::Array(items.iter().map(expression).collect::<Array>()),
        Json::Object(entries) => {
            let entry = |(key, value): (&String, &Json)| (ObjectKey::Expression(template(key)), expression(value));
            Expression::Object(entries.iter().filter(|(key, _)| *key != "//").map(entry).collect::<Object>())
        }
    }
}

fn template(text: &str) -> Expression {
    let Ok(template) = hcl_edit::parser::parse_template(text) else { return text.into() };
    match template.iter().collect::<Vec<_>>().as_slice() {
        [] => "".into(),
        [Element::Literal(literal)] => literal.value().as_str().into(),
        _ => Expression::StringTemplate(StringTemplate::from(template)),
    }
}
