//! `#[idempotent(…)]`: raw arguments become a checked [`Idempotent`].

use std::time::Duration;

use proc_macro2::Ident;
use syn::{Expr, Path};

use crate::args::value::At;
use crate::args::{Arg, Options, Value};
use crate::diag::{Code, Errors};

const OPTIONS: &[&str] = &[
    "key",
    "verify",
    "expires",
    "scope",
    "in_progress",
    "missing_key",
    "on_store_error",
    "data",
    "cipher",
    "cache",
    "lease",
    "clock_skew",
    "store",
    "compat",
    "crate",
];

/// The longest scope: with a hash behind it, it fits into a DynamoDB sort key, which has up to 1024 bytes:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const MAX_SCOPE: usize = 512;

/// What the attribute says, checked.
pub(crate) struct Idempotent {
    /// The attribute's own path, for errors that have no other place.
    pub(crate) path: Path,
    pub(crate) key: Key,
    pub(crate) verify: Option<Expr>,
    pub(crate) scope: Option<String>,
    pub(crate) expires_ms: Option<u64>,
    pub(crate) lease_ms: Option<u64>,
    pub(crate) clock_skew_ms: Option<u64>,
    pub(crate) waits: bool,
    pub(crate) runs_without_key: bool,
    pub(crate) runs_without_store: bool,
    pub(crate) is_key_only: bool,
    pub(crate) compat: Option<Compat>,
    pub(crate) cache: usize,
    pub(crate) store: Option<Given>,
    pub(crate) cipher: Option<Given>,
}

/// Where the key comes from.
pub(crate) enum Key {
    /// An expression over the function's parameters.
    Expr(Expr),
    /// The record itself.
    Natural(Ident),
}

/// Whose keys these are.
#[derive(Clone, Copy)]
pub(crate) enum Compat {
    PowertoolsPython,
    PowertoolsTypescript,
}

/// Where a store or a cipher comes from.
pub(crate) enum Given {
    /// An expression over the function's parameters.
    Expr(Expr),
    /// An `#[init]` function.
    Init(Path),
}

impl Idempotent {
    /// Reads the attribute; `parameters` are the names that expressions know. `None` if there is no key to go by.
    pub(crate) fn read(
        path: Path,
        args: Vec<Arg>,
        is_whole: bool,
        parameters: &[&Ident],
        errors: &mut Errors,
    ) -> Option<Self> {
        let mut options = Options::new(args, errors);
        let key = options.take("key");
        if key.is_none() && is_whole {
            let message = "`#[idempotent]` needs a key, an expression over the parameters that is the same whenever an event \
                           is: `#[idempotent(key = order.id)]`; or `key = natural`, by which its source knows it";
            errors.at(&path, Code::NoKey, message);
        }
        let key = key.and_then(|arg| read_key(&arg, parameters, errors));
        let verify = options.take("verify").and_then(|arg| expression(&arg, errors));
        let expires = options.take("expires").and_then(|arg| at_least_a_second(&arg, errors));
        let lease = options.take("lease").and_then(|arg| at_least_a_second(&arg, errors));
        let clock_skew = options.take("clock_skew").and_then(|arg| clock_skew(&arg, errors));
        let scope = options.take("scope").and_then(|arg| read_scope(&arg, errors));
        let mut word =
            |name: &str, words: &[&str]| options.take(name).and_then(|arg| arg.word_of(words, errors)) == Some(1);
        let waits = word("in_progress", &["fail", "wait"]);
        let runs_without_key = word("missing_key", &["reject", "run"]);
        let runs_without_store = word("on_store_error", &["fail", "run"]);
        let is_key_only = word("data", &["keep", "key-only"]);
        let compat = options.take("compat");
        if let (Some(arg), None) = (&compat, &scope) {
            let message = "`compat` needs the other library's prefix: add `scope = \"…\"`, which is what stands before the `#` in \
                           its keys, such as `{function}.app.handler`; `{function}` is the function's name on Lambda";
            errors.at(&arg.name, Code::Requires, message);
        }
        let compat = compat.and_then(|arg| arg.word_of(&["powertools-python", "powertools-typescript"], errors));
        let cache = options.take("cache").and_then(|arg| arg.number_in(1, 1_000_000, "results in memory", errors));
        let store = options.take("store").and_then(|arg| read_given(&arg, parameters, errors));
        let cipher = options.take("cipher");
        if let (true, Some(arg)) = (is_key_only, &cipher) {
            let message = "`cipher` does not go with `data = \"key-only\"`: there is nothing to encrypt";
            errors.at(&arg.name, Code::Conflict, message);
        }
        let cipher = cipher.and_then(|arg| read_given(&arg, parameters, errors));
        let elsewhere = |name: &str| match name {
            "timeout" | "memory" | "name" | "concurrency" => Some(format!("`{name}` is an option of `#[handler]`")),
            "margin" => Some("`margin` is an option of `#[deadline]`".to_owned()),
            _ => None,
        };
        options.finish(OPTIONS, elsewhere, errors);
        Some(Self {
            path,
            key: key?,
            verify,
            scope,
            expires_ms: expires,
            lease_ms: lease,
            clock_skew_ms: clock_skew,
            waits,
            runs_without_key,
            runs_without_store,
            is_key_only,
            compat: compat
                .map(|index| if index == 0 { Compat::PowertoolsPython } else { Compat::PowertoolsTypescript }),
            cache: cache.and_then(|at| usize::try_from(at.value).ok()).unwrap_or(0),
            store,
            cipher,
        })
    }
}

fn read_key(arg: &Arg, parameters: &[&Ident], errors: &mut Errors) -> Option<Key> {
    let expr = expression(arg, errors)?;
    match &expr {
        Expr::Path(path) => match path.path.get_ident() {
            // A parameter of this name is meant.
            Some(word) if word == "natural" && !parameters.contains(&word) => Some(Key::Natural(word.clone())),
            _ => Some(Key::Expr(expr)),
        },
        Expr::Lit(literal) => {
            let hint = match &literal.lit {
                syn::Lit::Str(text) => format!(": remove the quotes, as in `key = {}`", text.value()),
                _ => String::new(),
            };
            errors.at(&expr, Code::WrongValue, format_args!("a constant is the same key for every event{hint}"));
            None
        }
        _ => Some(Key::Expr(expr)),
    }
}

fn read_given(arg: &Arg, parameters: &[&Ident], errors: &mut Errors) -> Option<Given> {
    let expr = expression(arg, errors)?;
    match &expr {
        Expr::Path(path) if path.qself.is_none() => match path.path.get_ident() {
            Some(name) if parameters.contains(&name) => Some(Given::Expr(expr)),
            _ => Some(Given::Init(path.path.clone())),
        },
        Expr::Lit(literal) => {
            let hint = match &literal.lit {
                syn::Lit::Str(text) if text.value() == "key-only" => {
                    "; to keep no results, write `data = \"key-only\"`".to_owned()
                }
                syn::Lit::Str(_) if arg.name == "store" => {
                    "; a URL stands in the environment variable `LAMBKIN_IDEMPOTENCY`, or in an `#[init]` function that calls \
                     `lambkin::idempotency::open`"
                        .to_owned()
                }
                _ => String::new(),
            };
            let message = format!(
                "`{}` takes an `#[init]` function, or a reference: `{0} = parameter`, `{0} = &parameter.field`{hint}",
                arg.name
            );
            errors.at(&expr, Code::WrongValue, message);
            None
        }
        _ => Some(Given::Expr(expr)),
    }
}

fn expression(arg: &Arg, errors: &mut Errors) -> Option<Expr> {
    let Value::Tokens(tokens) = &arg.value else {
        let message = format!("`{}` takes an expression: `{0} = order.id`", arg.name);
        errors.at(&arg.name, Code::WrongValue, message);
        return None;
    };
    match syn::parse2(tokens.clone()) {
        Ok(expr) => Some(expr),
        Err(error) => {
            errors.at(tokens, Code::WrongValue, format_args!("`{}` takes an expression: {error}", arg.name));
            None
        }
    }
}

fn at_least_a_second(arg: &Arg, errors: &mut Errors) -> Option<u64> {
    let At { value, span } = arg.duration(errors)?;
    let ms =
        u64::try_from(value.as_millis()).ok().filter(|ms| *ms >= 1000 && value <= Duration::from_secs(315_576_000));
    if ms.is_none() {
        let message = format!("`{}` is out of range: from 1s to 10 years", arg.name);
        errors.at_span(span, Code::DurationRange, message);
    }
    ms
}

fn clock_skew(arg: &Arg, errors: &mut Errors) -> Option<u64> {
    let At { value, span } = arg.duration(errors)?;
    let ms = u64::try_from(value.as_millis()).ok().filter(|ms| *ms <= 60_000);
    if ms.is_none() {
        errors.at_span(
            span,
            Code::DurationRange,
            "`clock_skew` is out of range: clocks differ by a minute at the most",
        );
    }
    ms
}

fn read_scope(arg: &Arg, errors: &mut Errors) -> Option<String> {
    let At { value, span } = arg.text(errors)?;
    let message = match value.len() {
        0 => "a scope is not empty: it keeps the keys of one function apart from those of others".to_owned(),
        bytes if bytes > MAX_SCOPE => format!("a scope has up to {MAX_SCOPE} bytes, and this one has {bytes}"),
        _ => return Some(value),
    };
    errors.at_span(span, Code::WrongValue, message);
    None
}
