//! What the derives have in common: attributes that stand once, and where the type's own says this crate is.

use syn::{Attribute, Meta, Path};

use crate::args::{self, Options};
use crate::companion;
use crate::diag::{Code, Errors};

/// The attribute of this name; a second one is an error.
pub(super) fn one<'a>(attributes: &'a [Attribute], name: &str, errors: &mut Errors) -> Option<&'a Attribute> {
    let mut found = attributes.iter().filter(|attribute| attribute.path().is_ident(name));
    let first = found.next();
    for repeated in found {
        errors.at(repeated.path(), Code::RepeatedAttribute, format_args!("`#[{name}]` is there twice: remove one"));
    }
    first
}

/// The path of this crate, as `#[name(crate = ::path)]` says it. `elsewhere` tells where another option belongs.
pub(super) fn krate(
    attributes: &[Attribute],
    name: &str,
    elsewhere: impl Fn(&str) -> Option<String>,
    errors: &mut Errors,
) -> Path {
    let mut args = match one(attributes, name, errors).map(|attribute| &attribute.meta) {
        Some(Meta::List(list)) => args::parse(list.tokens.clone(), errors),
        Some(Meta::NameValue(pair)) => {
            errors.at(pair, Code::WrongValue, format_args!("write `#[{name}(crate = ::path)]`"));
            Vec::new()
        }
        Some(Meta::Path(_)) | None => Vec::new(),
    };
    let krate = companion::krate(&mut args, errors);
    Options::new(args, errors).finish(&["crate"], elsewhere, errors);
    krate
}
