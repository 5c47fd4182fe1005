//! `#[idempotent(…)]`: raw arguments become a checked [`Idempotent`].

use std::time::Duration;

use proc_macro2::Ident;
use syn::visit_mut::VisitMut;
use syn::{Expr, LitStr, Path, UnOp};

use crate::args::value::{At, is_http_token};
use crate::args::{Arg, Options, Value, handler};
use crate::diag::{Code, Errors};
use crate::expand;

pub(crate) const OPTIONS: &[&str] = &[
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
    /// A header of the request.
    Header(LitStr),
}

/// Where the attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On a handler.
    Handler,
    /// On a route, a module of them, or a handler that is one.
    Http,
    /// On a function without any.
    Alone,
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
    /// Reads the attribute at this path; `parameters` are the names that expressions know. `None` if there is no key to
    /// go by.
    pub(crate) fn read(
        path: &Path,
        args: Vec<Arg>,
        is_whole: bool,
        place: Place,
        parameters: &[Ident],
        errors: &mut Errors,
    ) -> Option<Self> {
        let mut options = Options::new(args, errors);
        let key = options.take("key");
        if key.is_none() && is_whole {
            let natural = match place {
                Place::Handler => "; or `key = natural`, by which its source knows it",
                Place::Http => "; or `key = header(\"idempotency-key\")`, which the client sends",
                Place::Alone => "",
            };
            let message = format!(
                "`#[idempotent]` needs a key, an expression over the parameters that is the same whenever an event is: \
                 `#[idempotent(key = order.id)]`{natural}"
            );
            errors.at(path, Code::NoKey, message);
        }
        let key = key.and_then(|arg| read_key(&arg, place, parameters, errors));
        let verify = options.take("verify").and_then(|arg| read_verify(&arg, errors));
        let expires = options.take("expires").and_then(|arg| at_least_a_second(&arg, errors));
        let lease = options.take("lease").and_then(|arg| at_least_a_second(&arg, errors));
        let clock_skew = options.take("clock_skew").and_then(|arg| clock_skew(&arg, errors));
        let scope = options.take("scope");
        let has_scope = scope.is_some();
        let scope = scope.and_then(|arg| read_scope(&arg, errors));
        let mut word =
            |name: &str, words: &[&str]| options.take(name).and_then(|arg| arg.word_of(words, errors)) == Some(1);
        let waits = word("in_progress", &["fail", "wait"]);
        let runs_without_key = word("missing_key", &["reject", "run"]);
        let runs_without_store = word("on_store_error", &["fail", "run"]);
        let is_key_only = word("data", &["keep", "key-only"]);
        let compat = options.take("compat");
        let word = compat.as_ref().and_then(|arg| arg.word_of(&["powertools-python", "powertools-typescript"], errors));
        if let (Some(arg), Some(_), false) = (&compat, word, has_scope) {
            let message = "`compat` needs the other library's prefix: add `scope = \"…\"`, which is what stands before the `#` in \
                           its keys, such as `{function}.app.handler`; `{function}` is the function's name on Lambda";
            errors.at(&arg.name, Code::Requires, message);
        }
        let compat = word;
        let cache = options
            .take("cache")
            .and_then(|arg| arg.number_in(1, 1_000_000, "results in memory, none without the option", errors));
        let store = options.take("store").and_then(|arg| read_given(&arg, parameters, errors));
        let cipher = options.take("cipher");
        if let (true, Some(arg)) = (is_key_only, &cipher) {
            let message = "`cipher` does not go with `data = \"key-only\"`: there is nothing to encrypt";
            errors.at(&arg.name, Code::Conflict, message);
        }
        let cipher = cipher.and_then(|arg| read_given(&arg, parameters, errors));
        let elsewhere = |name: &str| match name {
            "margin" | "on_exceeded" => Some(format!("`{name}` is an option of `#[deadline]`")),
            name if handler::is_option(name) => Some(format!("`{name}` is an option of `#[handler]`")),
            _ => None,
        };
        options.finish(OPTIONS, elsewhere, errors);
        Some(Self {
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

fn read_key(arg: &Arg, place: Place, parameters: &[Ident], errors: &mut Errors) -> Option<Key> {
    let expr = expression(arg, errors)?;
    if place == Place::Http
        && let Some(name) = header_of(&expr, parameters)
    {
        let text = name.value();
        if !is_http_token(&text) {
            errors.at(&name, Code::WrongValue, format_args!("`{text}` is no name of a header"));
            return None;
        }
        return Some(Key::Header(name));
    }
    match &expr {
        Expr::Path(path) => match path.path.get_ident() {
            // A parameter of this name is meant.
            Some(word) if word == "natural" && !parameters.contains(word) => Some(Key::Natural(word.clone())),
            _ => Some(Key::Expr(expr)),
        },
        _ if is_constant(&expr) => {
            let hint = unquoted(&expr, parameters).map(|expr| format!(": remove the quotes, as in `key = {expr}`"));
            let hint = hint
                .unwrap_or_else(|| ": write an expression over the parameters, such as `key = order.id`".to_owned());
            errors.at(&expr, Code::WrongValue, format_args!("a constant is the same key for every event{hint}"));
            None
        }
        _ => Some(Key::Expr(expr)),
    }
}

/// The name in `header("name")`.
fn header_of(expr: &Expr, parameters: &[Ident]) -> Option<LitStr> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let word = path.path.get_ident().filter(|word| *word == "header" && !parameters.contains(word));
    match (word, call.args.first(), call.args.len()) {
        (Some(_), Some(Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. })), 1) => Some(name.clone()),
        _ => None,
    }
}

fn read_verify(arg: &Arg, errors: &mut Errors) -> Option<Expr> {
    let expr = expression(arg, errors)?;
    if is_constant(&expr) {
        let message =
            "a constant is the same for every event: `verify` takes what has to be the same whenever the key is";
        errors.at(&expr, Code::WrongValue, message);
        return None;
    }
    Some(expr)
}

/// Whether an expression is made of literals alone.
fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Paren(paren) => is_constant(&paren.expr),
        Expr::Reference(reference) => is_constant(&reference.expr),
        Expr::Unary(unary) => is_constant(&unary.expr),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_constant),
        Expr::Array(array) => array.elems.iter().all(is_constant),
        _ => false,
    }
}

/// The expression in a text, if it is one about a parameter.
fn unquoted(expr: &Expr, parameters: &[Ident]) -> Option<String> {
    let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = expr else { return None };
    let text = text.value();
    let first = text.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (parameters.iter().any(|name| name == first) && syn::parse_str::<Expr>(&text).is_ok()).then_some(text)
}

fn read_given(arg: &Arg, parameters: &[Ident], errors: &mut Errors) -> Option<Given> {
    let expr = expression(arg, errors)?;
    match &expr {
        Expr::Path(path) if path.qself.is_none() => match path.path.get_ident() {
            Some(name) if parameters.contains(name) => Some(Given::Expr(expr)),
            // By its case: functions are in lower case.
            _ if is_static(&path.path) => Some(Given::Expr(borrowed(expr))),
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
        Expr::Field(_) | Expr::Index(_) | Expr::Unary(syn::ExprUnary { op: UnOp::Deref(_), .. }) => {
            Some(Given::Expr(borrowed(expr)))
        }
        _ => Some(Given::Expr(expr)),
    }
}

fn is_static(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
    })
}

/// `&expr`; printing adds parentheses where they are needed.
pub(crate) fn borrowed(expr: Expr) -> Expr {
    // Errors about the value stand at the expression.
    let and_token = syn::token::And(expand::place(&expr));
    Expr::Reference(syn::ExprReference { attrs: Vec::new(), and_token, mutability: None, expr: Box::new(expr) })
}

fn expression(arg: &Arg, errors: &mut Errors) -> Option<Expr> {
    let Value::Tokens(tokens) = &arg.value else {
        let message = match arg.name.to_string().as_str() {
            name @ ("store" | "cipher") => {
                format!("`{name}` takes an `#[init]` function, or a reference: `{name} = parameter`")
            }
            name => format!("`{name}` takes an expression: `{name} = order.id`"),
        };
        errors.at(&arg.name, Code::WrongValue, message);
        return None;
    };
    match syn::parse2(tokens.clone()) {
        Ok(mut expr) => {
            Ungrouped.visit_expr_mut(&mut expr);
            let mut awaits = Awaits(None);
            awaits.visit_expr_mut(&mut expr);
            if let Some(found) = awaits.0 {
                let message = format!(
                    "`{}` can't wait: it is looked at ahead of the record's turn, and what it waits for may be held by the one \
                     that runs; take the value out of the event or the app",
                    arg.name
                );
                errors.at(&found, Code::WrongValue, message);
                return None;
            }
            Some(expr)
        }
        Err(error) => {
            errors.at(tokens, Code::WrongValue, format_args!("`{}` takes an expression: {error}", arg.name));
            None
        }
    }
}

/// Finds the first `.await`.
struct Awaits(Option<syn::token::Await>);

impl VisitMut for Awaits {
    fn visit_expr_await_mut(&mut self, found: &mut syn::ExprAwait) {
        self.0.get_or_insert(found.await_token);
    }

    // One inside of it is waited for by whoever runs it.
    fn visit_expr_async_mut(&mut self, _: &mut syn::ExprAsync) {}
}

/// Puts parentheses in the place of the invisible groups in which a `macro_rules!` hands expressions on: the compiler
/// forgets those of a macro's output, and `&` would bind to the first operand alone.
struct Ungrouped;

impl VisitMut for Ungrouped {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        syn::visit_mut::visit_expr_mut(self, expr);
        let Expr::Group(group) = expr else { return };
        let inner = (*group.expr).clone();
        *expr = match inner {
            Expr::Binary(_) | Expr::Unary(_) | Expr::Range(_) | Expr::Cast(_) | Expr::Closure(_) => {
                let paren_token = syn::token::Paren(expand::place(&inner));
                Expr::Paren(syn::ExprParen { attrs: Vec::new(), paren_token, expr: Box::new(inner) })
            }
            inner => inner,
        };
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
        errors.at_span(span, Code::DurationRange, "`clock_skew` is out of range: up to 1m, as clocks differ by less");
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
