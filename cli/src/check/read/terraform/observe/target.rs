//! Which function a text means.

use crate::check::observed::{Attribute, Part, Target, Text};
use crate::check::read::terraform::resources::{Resource, Resources};
use crate::check::read::terraform::value::{Value, append, known};

/// The function that a name, an ARN, or a URI with an ARN in it means; none if it is surely no function.
pub(super) fn target(value: &Value, resources: &Resources) -> Option<Target> {
    let Some(text) = value.text() else {
        return (!value.is_null()).then_some(Target::Elsewhere);
    };
    if let Some(function) = within(&text, resources).or_else(|| named(&text, resources)) {
        return Some(function);
    }
    // What is made with another resource, or is the ARN of another service, is something else.
    let is_other = text.0.iter().any(|part| match part {
        Part::Of { .. } => true,
        Part::Literal(literal) => literal.contains(':') && !literal.contains(":lambda:") && literal.starts_with("arn:"),
        _ => false,
    });
    (!is_other).then_some(Target::Elsewhere)
}

/// The function that a resource names in `function_name`, and its alias or version in `qualifier`.
pub(super) fn qualified_target(of: &Resource, resources: &Resources) -> Option<Target> {
    let function = target(&of.get("function_name"), resources)?;
    Some(function.qualified(of.get("qualifier").text().map(|text| qualifier(text, resources))))
}

/// The function of a resource that the text is made with: itself, or an alias of it.
fn within(text: &Text, resources: &Resources) -> Option<Target> {
    let found = resources.within(&["aws_lambda_function", "aws_lambda_alias", "aws_lambda_function_url"], text)?;
    if found.ty == "aws_lambda_function" {
        return Some(Target::Function(found.address.clone()).qualified(behind(text, &found.address, resources)));
    }
    let of = found.get("function_name").text()?;
    let function = match resources.within(&["aws_lambda_function"], &of) {
        Some(function) => Target::Function(function.address.clone()),
        None => named(&of, resources)?,
    };
    // The name of its function is not its own.
    let is_name =
        |part: &Part| matches!(part, Part::Of { attribute: Attribute::Other(name), .. } if name == "function_name");
    if text.0.iter().any(is_name) {
        return Some(function);
    }
    let alias = if found.ty == "aws_lambda_alias" { "name" } else { "qualifier" };
    Some(function.qualified(found.get(alias).text().map(|text| qualifier(text, resources))))
}

/// The alias or version that stands behind a function's ARN. What its own qualified ARN ends with, it gets when it is
/// published.
fn behind(text: &Text, function: &str, resources: &Resources) -> Option<Text> {
    let text = resources.referring(text.clone());
    let at = text.0.iter().position(|part| matches!(part, Part::Of { address, .. } if address == function))?;
    let is_published = |name: &str| matches!(name, "qualified_arn" | "qualified_invoke_arn");
    match text.0.get(at) {
        Some(Part::Of { attribute: Attribute::Other(name), .. }) if is_published(name) => {
            Some(Text(vec![Part::Unknown(name.clone())]))
        }
        _ => {
            let after = Text(text.0.iter().skip(at + 1).cloned().collect());
            split(after_function(&after)).1.map(|text| qualifier(text, resources))
        }
    }
}

/// The name of an alias, also where it is taken from the alias.
fn qualifier(text: Text, resources: &Resources) -> Text {
    let alias = match text.0.as_slice() {
        [Part::Of { address, .. }] => resources.get(address).filter(|of| of.ty == "aws_lambda_alias"),
        _ => None,
    };
    alias.and_then(|alias| alias.get("name").text()).unwrap_or(text)
}

/// The function whose name a text is, or an ARN with it: with an alias or version behind it, too.
fn named(text: &Text, resources: &Resources) -> Option<Target> {
    let whole = after_function(text);
    let has_name = |name: &Text| {
        let is_it = |function: &&Resource| function.get("function_name").text().as_ref() == Some(name);
        resources.of("aws_lambda_function").find(is_it).filter(|_| !name.0.is_empty())
    };
    if let Some(function) = has_name(&whole) {
        return Some(Target::Function(function.address.clone()));
    }
    let (name, qualifier) = split(whole);
    has_name(&name).map(|function| Target::Function(function.address.clone()).qualified(qualifier))
}

/// A name, which has no colon, and what stands behind it.
fn split(whole: Text) -> (Text, Option<Text>) {
    let (mut name, mut qualifier) = (Text::default(), None);
    for part in whole.0 {
        match (&part, &mut qualifier) {
            (Part::Literal(literal), None) => match literal.split_once(':') {
                Some((before, after)) => {
                    append(&mut name, Part::Literal(before.to_owned()));
                    qualifier = Some(known(after));
                }
                None => append(&mut name, part),
            },
            (_, None) => name.0.push(part),
            (_, Some(qualifier)) => append(qualifier, part),
        }
    }
    (name, qualifier)
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
