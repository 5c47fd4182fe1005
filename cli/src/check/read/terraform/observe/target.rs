//! Which function a text means.

use crate::check::observed::{Part, Target, Text};
use crate::check::read::terraform::resources::{Resource, Resources};
use crate::check::read::terraform::value::{Value, append};

/// The function that a name, an ARN, or a URI with an ARN in it means; none if it is surely no function.
pub(super) fn target(value: &Value, resources: &Resources) -> Option<Target> {
    let Some(text) = value.text() else {
        return (!value.is_null()).then_some(Target::Elsewhere);
    };
    if let Some(function) = within(&text, resources) {
        return Some(Target::Function(function));
    }
    if let Some(function) = resources.of("aws_lambda_function").find(|function| is_named(function, &text)) {
        return Some(Target::Function(function.address.clone()));
    }
    // What is made with another resource, or is the ARN of another service, is something else.
    let is_other = text.0.iter().any(|part| match part {
        Part::Of { .. } => true,
        Part::Literal(literal) => literal.contains(':') && !literal.contains(":lambda:") && literal.starts_with("arn:"),
        _ => false,
    });
    (!is_other).then_some(Target::Elsewhere)
}

/// The function of a resource that the text is made with: itself, or an alias of it.
fn within(text: &Text, resources: &Resources) -> Option<String> {
    let found = resources.within(&["aws_lambda_function", "aws_lambda_alias", "aws_lambda_function_url"], text)?;
    if found.ty == "aws_lambda_function" {
        return Some(found.address.clone());
    }
    let of = found.get("function_name").text()?;
    let function = resources.within(&["aws_lambda_function"], &of);
    let named = || resources.of("aws_lambda_function").find(|function| is_named(function, &of));
    function.or_else(named).map(|function| function.address.clone())
}

/// Whether a text is the function's name, or an ARN with it: with an alias or version behind it, too.
fn is_named(function: &Resource, text: &Text) -> bool {
    let Some(name) = function.get("function_name").text().filter(|name| !name.0.is_empty()) else { return false };
    let whole = after_function(text);
    if whole == name {
        return true;
    }
    // A name has no colon.
    let mut unqualified = Text::default();
    for part in whole.0 {
        match part {
            Part::Literal(literal) => match literal.split_once(':') {
                Some((before, _)) => {
                    append(&mut unqualified, Part::Literal(before.to_owned()));
                    break;
                }
                None => append(&mut unqualified, Part::Literal(literal)),
            },
            part => unqualified.0.push(part),
        }
    }
    unqualified == name
}

/// What stands behind `:function:` and before `/invocations`, or all of it.
fn after_function(text: &Text) -> Text {
    let mut rest = Text::default();
    for part in &text.0 {
        match part {
            Part::Literal(literal) => {
                let literal = literal.strip_suffix("/invocations").unwrap_or(literal);
                match literal.rsplit_once(":function:") {
                    Some((_, after)) => {
                        rest = Text::default();
                        append(&mut rest, Part::Literal(after.to_owned()));
                    }
                    None => append(&mut rest, Part::Literal(literal.to_owned())),
                }
            }
            part => rest.0.push(part.clone()),
        }
    }
    rest
}
