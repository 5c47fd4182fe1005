//! Values of options: numbers, durations, words, paths.

use std::time::Duration;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Lit, LitBool, LitInt, LitStr, Path, Token};

use crate::args::{Arg, Value};
use crate::diag::{Code, Errors, unknown};
use crate::marked::marked;

/// How much of a duration an error shows.
const LONGEST_SHOWN: usize = 100;

/// A value and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

impl<T> At<T> {
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), span: self.span }
    }
}

impl Arg {
    /// A whole number.
    pub(crate) fn number(&self, errors: &mut Errors) -> Option<At<u64>> {
        let literal: LitInt = self.literal("a whole number, as in `= 10`", errors)?;
        let digits = literal.base10_digits();
        let message = match literal.base10_parse() {
            Ok(value) if literal.suffix().is_empty() => return Some(At { value, span: literal.span() }),
            Ok(_) => format!("`{}` takes a number without a suffix: `{0} = {digits}`", self.name),
            Err(_) if digits.starts_with('-') => format!("`{}` can't be negative", self.name),
            Err(_) => format!("`{}` can't be as large as this", self.name),
        };
        errors.at(&literal, Code::WrongValue, message);
        None
    }

    /// A whole number within these bounds; `why` says where they come from.
    pub(crate) fn number_in(&self, min: u64, max: u64, why: &str, errors: &mut Errors) -> Option<At<u64>> {
        let number = self.number(errors)?;
        if !(min..=max).contains(&number.value) {
            let message = format!("`{} = {}` is out of range: {why}, from {min} to {max}", self.name, number.value);
            errors.at_span(number.span, Code::NumberRange, message);
            return None;
        }
        Some(number)
    }

    /// A string.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<At<String>> {
        self.text_like("a string, as in `= \"…\"`", errors)
    }

    /// A string, or a list of strings that is not empty.
    pub(crate) fn texts(&self, errors: &mut Errors) -> Option<At<Vec<String>>> {
        let texts = self.each_text(errors)?;
        Some(texts.map(|texts| texts.into_iter().map(|text| text.value).collect()))
    }

    /// [`texts`](Self::texts), with the place of each.
    pub(crate) fn each_text(&self, errors: &mut Errors) -> Option<At<Vec<At<String>>>> {
        let mut expected = "a string or a list of strings, as in `= [\"…\", \"…\"]`".to_owned();
        if matches!(&self.value, Value::Tokens(tokens) if has_word(tokens)) {
            expected.push_str("; what a constant or a macro stands for is not known here");
        }
        let Texts { items, span } = self.parse(&expected, errors)?;
        if items.is_empty() {
            let message = format!("`{}` has an empty list: put a string into it, or leave the option out", self.name);
            errors.at_span(span, Code::WrongValue, message);
            return None;
        }
        let mut texts = Some(Vec::new());
        for item in items {
            match item {
                Lit::Str(text) => {
                    let at = At { value: text.value(), span: text.span() };
                    texts.iter_mut().for_each(|texts| texts.push(at.clone()));
                }
                other => {
                    errors.at(&other, Code::WrongValue, format_args!("`{}` takes strings: this is none", self.name));
                    texts = None;
                }
            }
        }
        texts.map(|value| At { value, span })
    }

    fn text_like(&self, expected: &str, errors: &mut Errors) -> Option<At<String>> {
        let literal: LitStr = self.literal(expected, errors)?;
        Some(At { value: literal.value(), span: literal.span() })
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, errors: &mut Errors) -> Option<bool> {
        let literal: LitBool = self.literal("`true` or `false`", errors)?;
        Some(literal.value)
    }

    /// One of these words, as a string; its index.
    pub(crate) fn word_of(&self, words: &[&str], errors: &mut Errors) -> Option<usize> {
        let text = self.text_like(&format!("one of {}, in quotes", quoted(words)), errors)?;
        let index = words.iter().position(|word| *word == text.value);
        if index.is_none() {
            let what = format!("value of `{}`:", self.name);
            errors.at_span(text.span, Code::UnknownWord, unknown(&what, &text.value, words));
        }
        index
    }

    /// A duration in a string.
    pub(crate) fn duration(&self, errors: &mut Errors) -> Option<At<Duration>> {
        let text = self.text_like("a duration in quotes, as in `= \"5s\"`", errors)?;
        match humantime::parse_duration(&text.value) {
            Ok(value) => Some(At { value, span: text.span }),
            Err(error) => {
                errors.at_span(text.span, Code::BadDuration, bad_duration(&text.value, &error));
                None
            }
        }
    }

    /// A duration of whole seconds within these bounds; `why` says where they come from.
    pub(crate) fn seconds_in(&self, min: u64, max: u64, why: &str, errors: &mut Errors) -> Option<At<u64>> {
        let At { value, span } = self.duration(errors)?;
        let seconds = value.as_secs();
        if value.subsec_nanos() != 0 || !(min..=max).contains(&seconds) {
            let given = humantime::format_duration(value);
            let [min, max] = [min, max].map(|seconds| humantime::format_duration(Duration::from_secs(seconds)));
            let message =
                format!("`{} = \"{given}\"` is out of range: {why}, whole seconds from {min} to {max}", self.name);
            errors.at_span(span, Code::DurationRange, message);
            return None;
        }
        Some(At { value: seconds, span })
    }

    /// A path to a function, with the names of parameters that it wants too: `path` or `path(ledger)`.
    pub(crate) fn function(&self, errors: &mut Errors) -> Option<Function> {
        let example = format!("`{} = function` or `{} = function(parameter)`", self.name, self.name);
        self.parse(&format!("a function: {example}"), errors)
    }

    /// A path, for `crate = ::path`.
    pub(crate) fn path(&self, errors: &mut Errors) -> Option<Path> {
        self.parse_with(Path::parse_mod_style, "a path, as in `= ::lambkin`", errors)
    }

    fn literal<T: Parse>(&self, expected: &str, errors: &mut Errors) -> Option<T> {
        self.parse(expected, errors)
    }

    fn parse<T: Parse>(&self, expected: &str, errors: &mut Errors) -> Option<T> {
        self.parse_with(T::parse, expected, errors)
    }

    fn parse_with<T>(
        &self,
        parser: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
        expected: &str,
        errors: &mut Errors,
    ) -> Option<T> {
        let tokens: TokenStream = match &self.value {
            Value::Tokens(tokens) => tokens.clone(),
            Value::Word | Value::Group(_) => {
                errors.at(&self.name, Code::WrongValue, format_args!("`{}` takes {expected}", self.name));
                return None;
            }
        };
        let parsed = parser.parse2(tokens.clone());
        if parsed.is_err() {
            let hint = hint(&tokens);
            errors.at(&tokens, Code::WrongValue, format_args!("`{}` takes {expected}{hint}", self.name));
        }
        parsed.ok()
    }
}

/// Whether a text can be the name of a header, a cookie or a method: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2>.
pub(crate) fn is_http_token(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_part)
}

/// What to say about a value that is of another kind.
fn hint(tokens: &TokenStream) -> &'static str {
    match syn::parse2::<Lit>(tokens.clone()) {
        Ok(Lit::Str(_)) => "; remove the quotes",
        _ => "",
    }
}

/// Whether a word stands there or within a list.
fn has_word(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(word) => word != "true" && word != "false",
        TokenTree::Group(list) => list.delimiter() == Delimiter::Bracket && has_word(&list.stream()),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Words as they stand in the attribute.
fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
    words.join(", ")
}

/// `"…"` or `["…", "…"]`.
struct Texts {
    items: Vec<Lit>,
    span: Span,
}

impl Parse for Texts {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        if let Ok(text) = input.parse::<LitStr>() {
            return Ok(Self { items: vec![Lit::Str(text)], span });
        }
        let inside;
        syn::bracketed!(inside in input);
        let items = Punctuated::<Lit, Token![,]>::parse_terminated(&inside)?.into_iter().collect();
        Ok(Self { items, span })
    }
}

/// A function that an option names, and the handler's by-reference parameters to call it with.
pub(crate) struct Function {
    pub(crate) path: Path,
    pub(crate) parameters: Vec<Ident>,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = Path::parse_mod_style(input)?;
        let mut parameters = Vec::new();
        if input.peek(syn::token::Paren) {
            let inside;
            syn::parenthesized!(inside in input);
            let names = Punctuated::<Ident, Token![,]>::parse_terminated(&inside)?;
            parameters.extend(names);
        }
        Ok(Self { path, parameters })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.path.to_tokens(tokens);
    }
}

/// What is wrong in a duration, with a mark under the place.
fn bad_duration(text: &str, error: &humantime::DurationError) -> String {
    use humantime::DurationError::{Empty, InvalidCharacter, NumberExpected, UnknownUnit};

    let (start, end, what) = match error {
        InvalidCharacter(at) => (*at, at + 1, "this character has no place in a duration".to_owned()),
        NumberExpected(at) => (*at, at + 1, "a number should stand here".to_owned()),
        UnknownUnit { start, end, unit, .. } if unit.is_empty() => (*start, *end, "a unit is missing".to_owned()),
        UnknownUnit { start, end, unit, .. } => (*start, *end, format!("`{unit}` is no unit of time")),
        Empty => (0, 0, "it is empty".to_owned()),
        _ => (0, text.len(), "it is too long".to_owned()),
    };
    let marked = marked(text, start..end, LONGEST_SHOWN);
    format!("{text:?} is not a duration: {what}\n{marked}\nwrite `500ms`, `5s` or `1m 30s`")
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::args;

    fn duration(tokens: TokenStream) -> Result<Duration, String> {
        let mut errors = Errors::default();
        let args = args::parse(tokens, &mut errors);
        let value = args.first().and_then(|arg| arg.duration(&mut errors));
        value.map(|at| at.value).ok_or_else(|| errors.messages().concat())
    }

    #[test]
    fn a_number_has_neither_suffix_nor_sign() {
        let number = |tokens| {
            let mut errors = Errors::default();
            let args = args::parse(tokens, &mut errors);
            let value = args.first().and_then(|arg| arg.number(&mut errors));
            value.map(|at| at.value).ok_or_else(|| errors.messages().concat())
        };
        assert_eq!(number(quote!(memory = 1_024)), Ok(1024));
        assert!(number(quote!(memory = 256MB)).unwrap_err().contains("`memory = 256`"));
        assert!(number(quote!(memory = -1)).unwrap_err().contains("can't be negative"));
        assert!(number(quote!(memory = 0.5)).unwrap_err().contains("takes a whole number"));
        assert!(number(quote!(memory = 99999999999999999999)).unwrap_err().contains("as large"));
        assert!(number(quote!(memory = "256")).unwrap_err().contains("remove the quotes"));
    }

    #[test]
    fn texts_are_a_string_or_a_list_of_strings() {
        let texts = |tokens| {
            let mut errors = Errors::default();
            let args = args::parse(tokens, &mut errors);
            let value = args.first().and_then(|arg| arg.texts(&mut errors));
            value.map(|at| at.value).ok_or_else(|| errors.messages().concat())
        };
        assert_eq!(texts(quote!(events = "a")), Ok(vec!["a".to_owned()]));
        assert_eq!(texts(quote!(events = ["a", "b",])), Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert!(texts(quote!(events = [])).unwrap_err().contains("empty list"));
        assert!(texts(quote!(events = ["a", 5])).unwrap_err().contains("`events` takes strings"));
        assert!(texts(quote!(events = ["a", b])).unwrap_err().contains("a list of strings"));
        assert!(texts(quote!(events = 5)).unwrap_err().contains("a list of strings"));
    }

    #[test]
    fn a_duration_is_within_its_bounds() {
        let seconds = |tokens| {
            let mut errors = Errors::default();
            let args = args::parse(tokens, &mut errors);
            let value = args.first().and_then(|arg| arg.seconds_in(60, 604_800, "why", &mut errors));
            value.map(|at| at.value).ok_or_else(|| errors.messages().concat())
        };
        assert_eq!(seconds(quote!(age = "1m")), Ok(60));
        assert_eq!(seconds(quote!(age = "1week")), Ok(604_800));
        assert!(seconds(quote!(age = "59s")).unwrap_err().ends_with("why, whole seconds from 1m to 7days"));
        assert!(seconds(quote!(age = "60s 1ms")).is_err());
        assert!(seconds(quote!(age = "8days")).is_err());
    }

    #[test]
    fn a_bad_duration_shows_its_place() {
        assert_eq!(duration(quote!(margin = "1m 30s")), Ok(Duration::from_secs(90)));
        let unit = duration(quote!(margin = "10 apples")).unwrap_err();
        assert!(unit.contains("`apples` is no unit of time"), "{unit}");
        assert!(unit.contains("\n  \"10 apples\"\n      ^^^^^^\n"), "{unit}");
        assert!(duration(quote!(margin = "10")).unwrap_err().contains("a unit is missing"));
        assert!(duration(quote!(margin = "")).unwrap_err().contains("it is empty"));
        assert!(duration(quote!(margin = "-5s")).unwrap_err().contains("  \"-5s\"\n   ^\n"));
        assert!(duration(quote!(margin = 5)).unwrap_err().contains("`margin` takes a duration in quotes"));
        assert!(duration(quote!(margin = "99999999999999999999y")).unwrap_err().contains("too long"));
    }
}
