//! Where each parameter of a route comes from.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Attribute, Expr, FnArg, Meta, Pat, Type};

use crate::args::value::{At, is_http_token};
use crate::args::{self, Arg, Options, Value};
use crate::diag::{Code, Errors};
use crate::http::route::{Path, last_word};
use crate::signature::{Function, Parameter, elided, is_text, parameter, peeled};

/// Where a parameter comes from.
pub(crate) enum Input {
    /// The app.
    App(Parameter),
    /// A segment of the path.
    Path { name: String, ty: Type },
    /// A value of the query, a header or a cookie.
    Value { from: From, name: String, default: Option<Default>, ty: Type },
    /// The body.
    Body { ty: Type },
    /// Something else of the request, which its type says.
    Request { ty: Type },
}

impl Input {
    /// The type of the body, if it is that.
    pub(crate) fn body(&self) -> Option<&Type> {
        match self {
            Self::Body { ty } => Some(ty),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Query,
    Header,
    Cookie,
}

/// The value of a parameter that the request does not have.
pub(crate) enum Default {
    /// That of its type.
    OfType(Span),
    /// This one.
    Expr(Expr),
}

/// The words that mark a parameter.
pub(crate) const MARKS: [&str; 5] = ["path", "query", "header", "cookie", "body"];
/// The name of a segment that an input takes.
pub(crate) fn path_name(input: &Input) -> Option<&str> {
    match input {
        Input::Path { name, .. } => Some(name),
        _ => None,
    }
}

/// Each parameter's source, and the name that is in the signature. Where a path `is_wrong`, a parameter may be what it
/// does not name.
#[allow(clippy::type_complexity, reason = "a name for the pair would say no more")]
pub(crate) fn inputs(
    function: &mut Function,
    attribute: &str,
    paths: &[Path],
    is_wrong: bool,
    errors: &mut Errors,
) -> (Vec<(Input, Option<Ident>)>, Vec<Pat>) {
    let (mut inputs, mut patterns) = (Vec::new(), Vec::new());
    for input in &mut function.sig.inputs {
        let FnArg::Typed(typed) = input else {
            match attribute {
                // Words the error: the function may stand in an `impl`.
                "#[handler]" => {
                    parameter(input, attribute, errors);
                }
                _ => {
                    let message = "a route is a free function: take what it needs from the app by reference, `name: &Type`, \
                                   which `#[init]` provides";
                    errors.at(input, Code::TakesSelf, message);
                }
            }
            continue;
        };
        let (marks, others): (Vec<_>, Vec<_>) = std::mem::take(&mut typed.attrs)
            .into_iter()
            .partition(|attribute| MARKS.iter().any(|mark| attribute.path().is_ident(mark)));
        typed.attrs = others;
        let name = match &*typed.pat {
            Pat::Ident(pat) => Some(pat.ident.clone()),
            _ => None,
        };
        let mut marks = marks.into_iter();
        let mark = marks.next();
        for second in marks {
            errors.at(&second, Code::Conflict, "a parameter comes from one place: remove one of the attributes");
        }
        let text = name.as_ref().map(|name| name.unraw().to_string());
        let is_in_path = text
            .as_deref()
            .is_some_and(|name| paths.iter().any(|path| path.pattern.names().any(|other| other == name)));
        let found = match mark {
            Some(mark) => marked(&mark, typed, text.as_deref(), paths, errors),
            None if is_in_path => by_value(typed, errors).map(|ty| Input::Path { name: text.unwrap_or_default(), ty }),
            None => {
                if let Type::Reference(reference) = peeled(&typed.ty)
                    && is_text(peeled(&reference.elem))
                {
                    if is_wrong {
                        continue;
                    }
                    let message = "a text of the request: say where it stands by `#[query]`, `#[header]`, `#[cookie]` or \
                                   `#[body]`, or name the parameter like a segment of the path";
                    errors.at(&typed.ty, Code::BorrowedText, message);
                    continue;
                }
                match parameter(input, attribute, errors) {
                    Some(Parameter::Event(ty)) => Some(Input::Request { ty }),
                    Some(app) => Some(Input::App(app)),
                    None => None,
                }
            }
        };
        let FnArg::Typed(typed) = input else { continue };
        if let Some(found) = found {
            inputs.push((found, name));
            patterns.push((*typed.pat).clone());
        }
    }
    (inputs, patterns)
}

/// The type of a parameter that comes from the request, be it a reference.
fn by_value(typed: &syn::PatType, errors: &mut Errors) -> Option<Type> {
    let ty = peeled(&typed.ty);
    if let Type::ImplTrait(_) = ty {
        let message = "the type of a parameter says how its value is read: name it instead of `impl Trait`";
        errors.at(ty, Code::ImplParameter, message);
        return None;
    }
    if let Type::Reference(reference) = ty
        && let Some(mutability) = &reference.mutability
    {
        errors.at(
            mutability,
            Code::MutableReference,
            "the request is not the function's to change: take `&T`, or a value of its own",
        );
        return None;
    }
    Some(elided(ty))
}

fn marked(
    mark: &Attribute,
    typed: &syn::PatType,
    name: Option<&str>,
    paths: &[Path],
    errors: &mut Errors,
) -> Option<Input> {
    let word = last_word(mark);
    let Marked { name: given, default } = Marked::read(mark, &word, errors)?;
    let ty = by_value(typed, errors)?;
    if word == "body" {
        return Some(Input::Body { ty });
    }
    let is_given = given.is_some();
    let Some(name) = given.clone().map(|at| at.value).or_else(|| name.map(str::to_owned)) else {
        let message = format!("`#[{word}]` needs a name, as the parameter has none: `#[{word}(\"name\")]`");
        errors.at(mark, Code::NoName, message);
        return None;
    };
    let from = match word.as_str() {
        "path" => {
            if !paths.iter().any(|path| path.pattern.names().any(|other| other == name)) {
                let names: Vec<&str> = paths.iter().flat_map(|path| path.pattern.names()).collect();
                let message = match paths {
                    [] => "this function is for all paths, so none of them has parameters: take `HttpRequest<'_>`, and ask \
                           it for its `path()`"
                        .to_owned(),
                    _ if names.is_empty() => format!("the path has no parameter `{{{name}}}`: add it there"),
                    _ => crate::diag::unknown("parameter of the path", &name, &names),
                };
                match given {
                    Some(At { span, .. }) => errors.at_span(span, Code::UnknownSegment, message),
                    None => errors.at(&typed.pat, Code::UnknownSegment, message),
                }
                return None;
            }
            return Some(Input::Path { name, ty });
        }
        "query" => From::Query,
        "cookie" => From::Cookie,
        _ => From::Header,
    };
    // `if_none_match` is `if-none-match` in the request.
    let name = if from == From::Header && !is_given { name.replace('_', "-") } else { name };
    if from != From::Query && !is_http_token(&name) {
        let span = given.map_or_else(Span::call_site, |at| at.span);
        errors.at_span(span, Code::WrongValue, format_args!("`{name}` is no name of a {word}"));
        return None;
    }
    Some(Input::Value { from, name, default, ty })
}

/// What a mark says.
#[derive(Default)]
struct Marked {
    name: Option<At<String>>,
    default: Option<Default>,
}

impl Marked {
    fn read(mark: &Attribute, word: &str, errors: &mut Errors) -> Option<Self> {
        let tokens = match &mark.meta {
            Meta::Path(_) => return Some(Self::default()),
            Meta::List(list) => list.tokens.clone(),
            Meta::NameValue(pair) => {
                let message = match word {
                    "body" => "there is nothing to say about a body: write `#[body]`".to_owned(),
                    _ => format!("a name stands in parentheses: `#[{word}(\"name\")]`"),
                };
                errors.at(&pair, Code::WrongValue, message);
                return None;
            }
        };
        let before = errors.count();
        let first = (word != "body").then_some("name");
        let mut args = args::parse_after(first, true, tokens, errors);
        args.retain(|arg| {
            // The name of a field, most likely.
            let is_name = first.is_some() && matches!(arg.value, Value::Word) && arg.name != "default";
            if is_name {
                let message = format!("a name stands in quotes: `#[{word}(\"{}\")]`", arg.name);
                errors.at(&arg.name, Code::WrongValue, message);
            }
            !is_name
        });
        let mut options = Options::new(args, errors);
        let mut take =
            |option: &str, taken_by: &[&str]| taken_by.contains(&word).then(|| options.take(option)).flatten();
        let name = take("name", &["path", "query", "header", "cookie"]).and_then(|arg| arg.text(errors));
        let default = take("default", &["query", "header", "cookie"]).and_then(|arg| read_default(&arg, errors));
        let valid: &[&str] = match word {
            "body" => &[],
            "path" => &["name"],
            _ => &["name", "default"],
        };
        options.finish(valid, |_| None, errors);
        (errors.count() == before).then_some(Self { name, default })
    }
}

fn read_default(arg: &Arg, errors: &mut Errors) -> Option<Default> {
    match &arg.value {
        Value::Word => Some(Default::OfType(arg.name.span())),
        Value::Tokens(tokens) => match syn::parse2(tokens.clone()) {
            Ok(expr) => Some(Default::Expr(expr)),
            Err(error) => {
                errors.at(tokens, Code::WrongValue, format_args!("`default` takes an expression: {error}"));
                None
            }
        },
        Value::Group(_) => {
            errors.at(&arg.name, Code::WrongValue, "`default` takes an expression: `default = 20`");
            None
        }
    }
}

/// Each segment has a parameter, in each of the function's patterns.
pub(crate) fn check_names(function: &Function, paths: &[Path], inputs: &[(Input, Option<Ident>)], errors: &mut Errors) {
    let taken: Vec<&str> = inputs
        .iter()
        .filter_map(|(input, _)| match input {
            Input::Path { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    for Path { pattern, .. } in paths {
        for name in pattern.names().filter(|name| !taken.contains(name)) {
            // The one parameter that nothing else claims may be meant.
            let mut others = inputs.iter().filter_map(|(input, ident)| match input {
                Input::Request { .. } => ident.as_ref(),
                _ => None,
            });
            let other = match (others.next(), others.next()) {
                (Some(other), None) => format!(", or rename `{other}`"),
                _ => String::new(),
            };
            let ident = &function.sig.ident;
            let what = format!("`{ident}` has no parameter for this segment: add `{name}: …`{other}");
            errors.at_span(pattern.span, Code::MissingSegment, pattern.about(name, &what));
        }
        for name in taken.iter().filter(|name| !pattern.names().any(|other| other == **name)) {
            let ident = &function.sig.ident;
            let what = format!(
                "this path has no segment `{{{name}}}`, which `{ident}` takes: add it, or write a second function for this path"
            );
            errors.at_span(pattern.span, Code::UnknownSegment, pattern.whole(&what));
        }
    }
}

pub(crate) fn check_body(paths: &[Path], function: &Function, inputs: &[(Input, Option<Ident>)], errors: &mut Errors) {
    let without: Vec<&str> =
        paths.iter().filter(|path| path.method.is_without_body()).map(|path| path.method.name()).collect();
    let Some(method) = without.first() else { return };
    for (input, _) in inputs {
        if let Input::Body { ty } = input {
            let message = format!(
                "a `{}` request has no body that means anything: take the values by `#[query]`, or make `{}` a `#[post]`",
                method.to_uppercase(),
                function.sig.ident
            );
            errors.at(ty, Code::BodyOnGet, message);
        }
    }
}
