//! The arguments of an attribute: `word`, `name = value`, `name(arguments)`, separated by commas.
//!
//! A mistake in one argument does not hide those in others, so the list is cut at its commas first and
//! each piece is looked at alone.

pub(crate) mod concurrency;
pub(crate) mod config;
pub(crate) mod handler;
pub(crate) mod idempotent;
pub(crate) mod status;
pub(crate) mod value;

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

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
    pieces(tokens).into_iter().filter_map(|piece| arg(piece, errors)).collect()
}

/// [`parse`], where a text without a name is meant for the first option. It is its value if it comes first and the
/// name `can_be_left_out`.
pub(crate) fn parse_after(
    first: Option<&str>,
    can_be_left_out: bool,
    tokens: TokenStream,
    errors: &mut Errors,
) -> Vec<Arg> {
    let pieces = pieces(tokens);
    let is_named =
        |piece: &Vec<TokenTree>, first: &str| matches!(piece.first(), Some(TokenTree::Ident(name)) if name == first);
    let mut is_given = first.is_some_and(|first| pieces.iter().any(|piece| is_named(piece, first)));
    let mut args = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        let Some(literal) = literal(&piece) else {
            args.extend(arg(piece, errors));
            continue;
        };
        match first {
            Some(first) if index == 0 && can_be_left_out => {
                let value = Value::Tokens(TokenTree::Literal(literal.clone()).into());
                args.push(Arg { name: Ident::new(first, literal.span()), value });
            }
            Some(first) => {
                let is_text = syn::parse_str::<syn::LitStr>(&literal.to_string()).is_ok();
                let name = if is_text && !is_given { first } else { "…" };
                let message = format!("a value needs its option's name before it: `{name} = {literal}`");
                errors.at_span(literal.span(), Code::WrongValue, message);
            }
            None => {
                let message = format!("there is no option here that takes `{literal}`: remove it");
                errors.at_span(literal.span(), Code::WrongValue, message);
            }
        }
        is_given = true;
    }
    args
}

/// The texts that come first, and the arguments behind them.
pub(crate) fn leading_texts(tokens: TokenStream) -> (Vec<value::At<String>>, TokenStream) {
    let mut pieces = pieces(tokens).into_iter().peekable();
    let mut texts = Vec::new();
    while let Some(piece) = pieces.peek()
        && let Some(literal) = literal(piece)
        && let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
    {
        texts.push(value::At { value: text.value(), span: literal.span() });
        pieces.next();
    }
    let mut rest = TokenStream::new();
    for piece in pieces {
        rest.extend(piece);
        rest.extend([TokenTree::Punct(proc_macro2::Punct::new(',', proc_macro2::Spacing::Alone))]);
    }
    (texts, rest)
}

/// The literal that is all there is, be it in the invisible group that a `macro_rules!` puts around it.
fn literal(piece: &[TokenTree]) -> Option<Literal> {
    match piece {
        [TokenTree::Literal(literal)] => Some(literal.clone()),
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            literal(&group.stream().into_iter().collect::<Vec<_>>())
        }
        _ => None,
    }
}

/// Cuts at the commas that stand between arguments: not between the parameters of a closure, and not
/// inside of `Map<K, V>`.
fn pieces(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut pieces = vec![Vec::new()];
    let mut generics: usize = 0;
    let mut arrow = false;
    for (index, token) in tokens.iter().enumerate() {
        let punct = match token {
            TokenTree::Punct(punct) => Some(punct.as_char()),
            _ => None,
        };
        match punct {
            // A `<` that nothing closes compares.
            Some('<') if closes(tokens.get(index + 1..).unwrap_or_default()) => generics += 1,
            Some('>') if !arrow => generics = generics.saturating_sub(1),
            _ => {}
        }
        arrow = matches!(punct, Some('-' | '='));
        match (punct, pieces.last_mut()) {
            (Some(','), Some(piece)) if generics == 0 && !in_closure_parameters(piece) => pieces.push(Vec::new()),
            (_, Some(piece)) => piece.push(token.clone()),
            (_, None) => {}
        }
    }
    pieces
}

fn closes(tokens: &[TokenTree]) -> bool {
    tokens.iter().any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '>'))
}

/// Whether a piece is `name = |…` and the other `|` is still to come.
fn in_closure_parameters(piece: &[TokenTree]) -> bool {
    let is_bar = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '|');
    piece.get(2).is_some_and(is_bar) && piece.iter().filter(|token| is_bar(token)).count() == 1
}

fn arg(tokens: Vec<TokenTree>, errors: &mut Errors) -> Option<Arg> {
    let span = tokens.first()?.span();
    let mut tokens = tokens.into_iter();
    let name = match tokens.next() {
        Some(TokenTree::Ident(name)) => name,
        Some(TokenTree::Literal(literal)) => {
            let literal = literal.to_string();
            let text = literal.trim_matches('"');
            let message = match syn::parse_str::<Ident>(text) {
                Ok(_) => format!("a word stands without quotes here: `{text}`"),
                Err(_) => format!("a value needs its option's name before it: `… = {literal}`"),
            };
            errors.at_span(span, Code::WrongValue, message);
            return None;
        }
        _ => {
            errors.at_span(span, Code::WrongValue, "expected `name`, `name = value` or `name(…)`");
            return None;
        }
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
                None => {
                    let mut message = unknown("option", &name, valid);
                    if let Value::Group(_) = arg.value {
                        message.push_str(&format!("; a text stands in quotes: `\"{name}(…)\"`"));
                    }
                    errors.at(&arg.name, Code::UnknownOption, message);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn names(tokens: TokenStream) -> Vec<String> {
        let mut errors = Errors::default();
        let args = parse(tokens, &mut errors);
        assert!(errors.is_empty(), "{:?}", errors.messages());
        args.iter().map(|arg| arg.name.to_string()).collect()
    }

    #[test]
    fn only_commas_between_arguments_cut() {
        assert_eq!(names(quote!(sqs(a = 1, b = 2), timeout = "30s", crate = ::other,)), ["sqs", "timeout", "crate"]);
        assert_eq!(names(quote!(provides = Map<String, Vec<u8>>, crate = ::other)), ["provides", "crate"]);
        assert_eq!(names(quote!(provides = fn(A, B) -> C, other = 1)), ["provides", "other"]);
        assert_eq!(names(quote!(hook = |a, b| c(a, b), other = 1)), ["hook", "other"]);
        assert_eq!(names(quote!(key = a < b, other = 1)), ["key", "other"]);
        assert!(names(quote!()).is_empty());
    }

    #[test]
    fn a_literal_alone_is_told_what_it_lacks() {
        let message = |tokens| {
            let mut errors = Errors::default();
            parse(tokens, &mut errors);
            errors.messages().concat()
        };
        assert!(message(quote!("sqs")).contains("without quotes here: `sqs`"));
        assert!(message(quote!("5s")).contains("`… = \"5s\"`"));
    }

    #[test]
    fn a_text_without_a_name_is_told_the_first_one() {
        let read = |can_be_left_out, tokens| {
            let mut errors = Errors::default();
            let args = parse_after(Some("queue"), can_be_left_out, tokens, &mut errors);
            (args.iter().map(|arg| arg.name.to_string()).collect::<Vec<_>>(), errors.messages().concat())
        };
        let (names, message) = read(false, quote!(size = 1, "orders"));
        assert_eq!(names, ["size"]);
        assert!(message.ends_with("before it: `queue = \"orders\"`"), "{message}");
        // The name is taken, or it is no text.
        assert!(read(false, quote!(queue = "a", "b")).1.ends_with("`… = \"b\"`"));
        assert!(read(true, quote!("a", "b")).1.ends_with("`… = \"b\"`"));
        assert!(read(false, quote!(5)).1.ends_with("`… = 5`"));

        let mut errors = Errors::default();
        parse_after(None, false, quote!("orders"), &mut errors);
        assert!(errors.messages().concat().contains("no option here that takes `\"orders\"`"));

        assert_eq!(read(true, quote!("a", size = 1)), (vec!["queue".to_owned(), "size".to_owned()], String::new()));
        let grouped = TokenTree::Group(Group::new(Delimiter::None, quote!("a")));
        assert_eq!(read(true, quote!(#grouped)), (vec!["queue".to_owned()], String::new()));
    }

    #[test]
    fn what_looks_like_a_call_may_be_a_text() {
        let mut errors = Errors::default();
        let args = parse(quote!(rate(5 minutes)), &mut errors);
        Options::new(args, &mut errors).finish(&["expression"], |_| None, &mut errors);
        let message = errors.messages().concat();
        assert!(
            message.contains("unknown option `rate`") && message.ends_with("in quotes: `\"rate(…)\"`"),
            "{message}"
        );
    }
}
