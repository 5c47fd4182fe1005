//! `#[status(…)]` of `#[derive(HttpError)]`: raw arguments become a checked [`Status`].

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::{Attribute, Lit, Meta};

use crate::args::value::At;
use crate::args::{Arg, Options, Value, arg, pieces};
use crate::diag::{Code, Errors};

const OPTIONS: &[&str] = &["transparent", "kind", "title", "retry_after"];

/// The longest time to wait, a year.
const MAX_RETRY_AFTER: u64 = 31_557_600;

/// What the attribute says, checked.
#[derive(Clone)]
pub(crate) enum Status {
    /// An answer of its own.
    Own(Answer),
    /// The answer of the one field; where that is said.
    Transparent(Ident),
}

/// An answer, as far as it is known to the compiler.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) retry_after_seconds: Option<u64>,
}

impl Status {
    /// Reads the attribute. `None` if it has a mistake that leaves no status.
    pub(crate) fn read(attribute: &Attribute, errors: &mut Errors) -> Option<Self> {
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) => TokenStream::new(),
            Meta::NameValue(pair) => {
                errors.at(pair, Code::WrongValue, "a status stands in parentheses: `#[status(404)]`");
                return None;
            }
        };
        let before = errors.count();
        let (numbers, args) = cut(tokens, errors);
        let mut options = Options::new(args, errors);
        let transparent = options.take("transparent");
        let kind = options.take("kind");
        let title = options.take("title");
        let retry_after = options.take("retry_after");
        let has_options = kind.is_some() || title.is_some() || retry_after.is_some();

        let kind = kind.and_then(|arg| read_kind(&arg, errors));
        let title = title.and_then(|arg| read_title(&arg, errors));
        let why = "what the header `Retry-After` can say";
        let retry_after = retry_after.and_then(|arg| arg.seconds_in(1, MAX_RETRY_AFTER, why, errors));
        let elsewhere = |name: &str| {
            let hint = match name {
                "crate" => "`crate` stands on the type: `#[http_error(crate = ::path)]`",
                "detail" | "message" => "the detail is what the error displays, if its status is below 500",
                _ => return None,
            };
            Some(hint.to_owned())
        };
        options.finish(OPTIONS, elsewhere, errors);

        if let Some(arg) = transparent {
            if !matches!(arg.value, Value::Word) {
                errors.at(&arg.name, Code::WrongValue, "`transparent` takes no value: `#[status(transparent)]`");
            }
            if has_options || !numbers.is_empty() {
                let message = "`transparent` stands alone, as all of the answer comes from the field: remove it, or what is \
                               beside it";
                errors.at(&arg.name, Code::Conflict, message);
            }
            return Some(Self::Transparent(arg.name));
        }
        let mut numbers = numbers.into_iter();
        let first = numbers.next();
        for second in numbers {
            errors.at(&second, Code::RepeatedOption, "the status is given twice: remove one");
        }
        let Some(first) = first else {
            if errors.count() == before {
                let message = "the status is missing: write a number from 400 to 599 first, as in `#[status(404)]`";
                errors.at(attribute.path(), Code::NoStatus, message);
            }
            return None;
        };
        let status = number(&first).map_err(|message| errors.at(&first, Code::WrongStatus, message)).ok()?;
        let retry_after_seconds = retry_after.map(|at| at.value);
        Some(Self::Own(Answer { status, kind, title, retry_after_seconds }))
    }
}

/// What stands for the status, which has no name, and the options.
fn cut(tokens: TokenStream, errors: &mut Errors) -> (Vec<TokenStream>, Vec<Arg>) {
    let (mut numbers, mut args) = (Vec::new(), Vec::new());
    for piece in pieces(tokens) {
        match piece.as_slice() {
            [] => {}
            [TokenTree::Ident(name)] if number_of(&name.to_string()).is_some() => {
                numbers.push(piece.into_iter().collect());
            }
            [TokenTree::Ident(name), TokenTree::Punct(equals), ..]
                if equals.as_char() == '=' && matches!(name.to_string().as_str(), "status" | "code") =>
            {
                errors.at(name, Code::WrongStatus, "the status stands without a name: `#[status(404)]`");
            }
            [TokenTree::Ident(_)] | [TokenTree::Ident(_), TokenTree::Group(_), ..] => args.extend(arg(piece, errors)),
            [TokenTree::Ident(_), TokenTree::Punct(equals), ..] if equals.as_char() == '=' => {
                args.extend(arg(piece, errors));
            }
            [number @ TokenTree::Literal(_), next, ..] => {
                errors.at(next, Code::WrongValue, "expected `,`");
                numbers.push(number.clone().into());
            }
            _ => numbers.push(piece.into_iter().collect()),
        }
    }
    (numbers, args)
}

/// The number, or what to write in its place.
fn number(tokens: &TokenStream) -> Result<u16, String> {
    let number = match syn::parse2(tokens.clone()) {
        Ok(Lit::Int(number)) => number,
        other => {
            let text = match other {
                Ok(Lit::Str(text)) => text.value(),
                _ => tokens.to_string(),
            };
            let number = text.parse().ok().filter(|number| (400..600).contains(number));
            return Err(match number.or_else(|| number_of(&text)) {
                Some(number) => format!("a status is a number: `#[status({number})]`"),
                None => "a status is a number from 400 to 599, as in `#[status(404)]`".to_owned(),
            });
        }
    };
    let digits = number.base10_digits();
    let value = number.base10_parse();
    if !number.suffix().is_empty() {
        return Err(format!("a status is a number without a suffix: `#[status({digits})]`"));
    }
    let ok = "return it as the `Ok` of the handler's `Result`";
    match value {
        Ok(value @ 400..=599) => Ok(value),
        Ok(100..=199) => Err(format!("{digits} is no answer yet: an error has a status from 400 to 599")),
        Ok(200..=299) => Err(format!("{digits} is no error: {ok}; an error has a status from 400 to 599")),
        Ok(300..=399) => {
            Err(format!("{digits} redirects, and is no error: {ok}; an error has a status from 400 to 599"))
        }
        _ => Err(format!(
            "{digits} is no status of an error: the client's are from 400 to 499, the function's from 500 to 599"
        )),
    }
}

/// The number that a name stands for, be it `NOT_FOUND`, `StatusCode::NOT_FOUND` or `Not Found`.
fn number_of(name: &str) -> Option<u16> {
    let last = name.rsplit(':').next().unwrap_or(name).trim();
    let letters =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let wanted = letters(last);
    NAMES.iter().find(|(_, name)| letters(name) == wanted).map(|(number, _)| *number)
}

/// <https://www.iana.org/assignments/http-status-codes/http-status-codes.xhtml>, by the names in the crate `http`.
const NAMES: &[(u16, &str)] = &[
    (400, "BAD_REQUEST"),
    (401, "UNAUTHORIZED"),
    (402, "PAYMENT_REQUIRED"),
    (403, "FORBIDDEN"),
    (404, "NOT_FOUND"),
    (405, "METHOD_NOT_ALLOWED"),
    (406, "NOT_ACCEPTABLE"),
    (407, "PROXY_AUTHENTICATION_REQUIRED"),
    (408, "REQUEST_TIMEOUT"),
    (409, "CONFLICT"),
    (410, "GONE"),
    (411, "LENGTH_REQUIRED"),
    (412, "PRECONDITION_FAILED"),
    (413, "PAYLOAD_TOO_LARGE"),
    (414, "URI_TOO_LONG"),
    (415, "UNSUPPORTED_MEDIA_TYPE"),
    (416, "RANGE_NOT_SATISFIABLE"),
    (417, "EXPECTATION_FAILED"),
    (418, "IM_A_TEAPOT"),
    (421, "MISDIRECTED_REQUEST"),
    (422, "UNPROCESSABLE_ENTITY"),
    (423, "LOCKED"),
    (424, "FAILED_DEPENDENCY"),
    (425, "TOO_EARLY"),
    (426, "UPGRADE_REQUIRED"),
    (428, "PRECONDITION_REQUIRED"),
    (429, "TOO_MANY_REQUESTS"),
    (431, "REQUEST_HEADER_FIELDS_TOO_LARGE"),
    (451, "UNAVAILABLE_FOR_LEGAL_REASONS"),
    (500, "INTERNAL_SERVER_ERROR"),
    (501, "NOT_IMPLEMENTED"),
    (502, "BAD_GATEWAY"),
    (503, "SERVICE_UNAVAILABLE"),
    (504, "GATEWAY_TIMEOUT"),
    (505, "HTTP_VERSION_NOT_SUPPORTED"),
    (506, "VARIANT_ALSO_NEGOTIATES"),
    (507, "INSUFFICIENT_STORAGE"),
    (508, "LOOP_DETECTED"),
    (510, "NOT_EXTENDED"),
    (511, "NETWORK_AUTHENTICATION_REQUIRED"),
];

fn read_kind(arg: &Arg, errors: &mut Errors) -> Option<String> {
    let At { value, span } = arg.text(errors)?;
    if value.is_empty() || value.contains(|c: char| c.is_whitespace() || c.is_control()) {
        let message =
            "`kind` is the URI that names the kind of problem, as in `\"https://errors.example.com/name-taken\"`";
        errors.at_span(span, Code::WrongValue, message);
        return None;
    }
    Some(value)
}

fn read_title(arg: &Arg, errors: &mut Errors) -> Option<String> {
    let At { value, span } = arg.text(errors)?;
    if value.trim().is_empty() {
        let message = "a title is not empty; leave the option out for the status's own words";
        errors.at_span(span, Code::WrongValue, message);
        return None;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    fn read(tokens: TokenStream) -> Result<Answer, String> {
        let mut errors = Errors::default();
        let status = Status::read(&syn::parse_quote!(#[status(#tokens)]), &mut errors);
        match status {
            Some(Status::Own(answer)) if errors.is_empty() => Ok(answer),
            _ => Err(errors.messages().join("\n")),
        }
    }

    #[test]
    fn a_status_is_a_number_of_an_error() {
        for number in [400_u16, 404, 499, 500, 599] {
            let literal = proc_macro2::Literal::u16_unsuffixed(number);
            assert_eq!(read(quote!(#literal)).map(|answer| answer.status), Ok(number));
        }
        let message = |tokens| read(tokens).map(|answer| answer.status).unwrap_err();
        assert!(message(quote!(200)).contains("200 is no error"));
        assert!(message(quote!(301)).contains("301 redirects"));
        assert!(message(quote!(399)).contains("redirects"));
        for tokens in [quote!(600), quote!(99), quote!(0), quote!(-404), quote!(99999999999999999999)] {
            assert!(message(tokens).contains("is no status of an error"));
        }
        assert!(message(quote!(404u16)).contains("without a suffix: `#[status(404)]`"));
        let written = [
            quote!("404"),
            quote!("Not Found"),
            quote!(NOT_FOUND),
            quote!(NotFound),
            quote!(not_found),
            quote!(StatusCode::NOT_FOUND),
            quote!(::http::StatusCode::NOT_FOUND),
        ];
        for tokens in written {
            let message = message(tokens.clone());
            assert!(message.contains("E061: a status is a number: `#[status(404)]`"), "{tokens}: {message}");
        }
        for tokens in [quote!("600"), quote!(4.04), quote!(STATUS), quote!(self::STATUS), quote!(400 + 4), quote!('4')]
        {
            assert!(!message(tokens).is_empty());
        }
    }

    #[test]
    fn every_name_stands_for_one_number() {
        let mut names: Vec<_> =
            NAMES.iter().filter_map(|(number, name)| number_of(name).map(|found| (*number, found))).collect();
        assert!(names.iter().all(|(number, found)| number == found));
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
        assert_eq!(number_of(""), None);
    }

    #[test]
    fn options_follow_in_any_order() {
        let answer = read(quote!(503, retry_after = "1m 30s", title = "Busy", kind = "/busy",)).unwrap();
        assert_eq!((answer.status, answer.retry_after_seconds), (503, Some(90)));
        assert_eq!((answer.title.as_deref(), answer.kind.as_deref()), (Some("Busy"), Some("/busy")));
        assert!(read(quote!(title = "Busy", 503)).is_ok());

        let message = |tokens| read(tokens).map(|answer| answer.status).unwrap_err();
        assert!(message(quote!()).contains("E060"));
        assert!(message(quote!(503, retry_after = "1500ms")).contains("E021"));
        assert!(message(quote!(503, retry_after = "1s 1x")).contains("E020"));
        assert!(message(quote!(503, kind = "a b")).contains("E008"));
        assert!(message(quote!(503, transparent)).contains("E026"));
        assert!(message(quote!(transparent = true)).contains("E008"));
        assert!(message(quote!(503 title = "Busy")).contains("E008: expected `,`"));
        assert!(message(quote!(503, crate = ::lambkin)).contains("E010"));
        assert!(message(quote!(503, 504)).contains("E007"));
        assert_eq!(message(quote!(status = 503)).matches("E061").count(), 1);
    }
}
