//! The arguments of an attribute: `word`, `name = value`, `name(arguments)`, separated by commas.
//!
//! A mistake in one argument does not hide those in others, so the list is cut at its commas first and
//! each piece is looked at alone.

pub(crate) mod handler;
pub(crate) mod value;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

use crate::diag::{Code, Errors, unknown};

/// One argument.
pub(crate) struct Arg {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// What follows an argument's name.
pub(crate) enum Value {
    /// Nothing.
    Word,
    /// `= tokens`, never empty.
    Tokens(TokenStream),
    /// `(arguments)`.
    Group(Group),
}

/// Cuts arguments apart. What is no argument at all is reported and left out.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Vec<Arg> {
    let mut args = Vec::new();
    let mut piece = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                args.extend(arg(std::mem::take(&mut piece), errors));
            }
            token => piece.push(token),
        }
    }
    args.extend(arg(piece, errors));
    args
}

fn arg(tokens: Vec<TokenTree>, errors: &mut Errors) -> Option<Arg> {
    let span = tokens.first()?.span();
    let mut tokens = tokens.into_iter();
    let Some(TokenTree::Ident(name)) = tokens.next() else {
        errors.at_span(span, Code::WrongValue, "expected `name`, `name = value` or `name(…)`");
        return None;
    };
    let value = match tokens.next() {
        None => Value::Word,
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' => {
            let tokens: TokenStream = tokens.collect();
            if tokens.is_empty() {
                errors.at(&name, Code::WrongValue, format_args!("`{name} =` has no value"));
                return None;
            }
            return Some(Arg { name, value: Value::Tokens(tokens) });
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => Value::Group(group),
        Some(other) => {
            errors.at_span(other.span(), Code::WrongValue, format_args!("expected `=`, `(` or `,` after `{name}`"));
            return None;
        }
    };
    if let Some(rest) = tokens.next() {
        errors.at_span(rest.span(), Code::WrongValue, "expected `,`");
    }
    Some(Arg { name, value })
}

/// The options of one attribute, each to be taken once; what nobody took is unknown.
pub(crate) struct Options {
    args: Vec<Arg>,
}

impl Options {
    /// Keeps the first of each name; a second one is an error.
    pub(crate) fn new(args: Vec<Arg>, errors: &mut Errors) -> Self {
        let mut kept: Vec<Arg> = Vec::new();
        for arg in args {
            if kept.iter().any(|other| other.name == arg.name) {
                errors.at(&arg.name, Code::RepeatedOption, format_args!("`{}` is given twice", arg.name));
            } else {
                kept.push(arg);
            }
        }
        Self { args: kept }
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Arg> {
        let index = self.args.iter().position(|arg| arg.name == name)?;
        Some(self.args.remove(index))
    }

    /// Reports what is left. `elsewhere` may know better than "unknown" about a name.
    pub(crate) fn finish(self, valid: &[&str], elsewhere: impl Fn(&str) -> Option<String>, errors: &mut Errors) {
        for arg in self.args {
            let name = arg.name.to_string();
            match elsewhere(&name) {
                Some(hint) => errors.at(&arg.name, Code::MisplacedOption, hint),
                None => errors.at(&arg.name, Code::UnknownOption, unknown("option", &name, valid)),
            }
        }
    }
}
