//! A route: the attributes of its function, and where each parameter comes from.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, FnArg, Meta, Pat, Type};

use crate::args::handler::{Deadline, read_deadline, read_idempotent};
use crate::args::idempotent::Idempotent;
use crate::args::value::At;
use crate::args::{self, Arg, Options, Value};
use crate::companion;
use crate::diag::{Code, Errors, list};
use crate::http::cors::Cors;
use crate::http::pattern::Pattern;
use crate::signature::{Function, Parameter, elided, is_text, parameter, peeled};
use crate::source::options::Settings;

/// The methods, as attributes, and what generated code calls them.
pub(crate) const METHODS: [(&str, &str); 8] = [
    ("get", "Get"),
    ("post", "Post"),
    ("put", "Put"),
    ("patch", "Patch"),
    ("delete", "Delete"),
    ("head", "Head"),
    ("options", "Options"),
    ("any", "Any"),
];

/// What a function of a module is to it.
pub(crate) enum Role {
    /// It answers requests.
    Route(Box<Route>),
    /// It makes what answers requests: a service of the axum ecosystem, behind a prefix.
    Service(Box<Service>),
}

/// A function that answers requests.
pub(crate) struct Route {
    pub(crate) ident: Ident,
    pub(crate) output: Type,
    pub(crate) paths: Vec<Path>,
    pub(crate) is_fallback: bool,
    /// What takes each parameter, in their order.
    pub(crate) inputs: Vec<Input>,
    /// What expressions of attributes call them.
    pub(crate) patterns: Vec<Pat>,
    pub(crate) cors: Option<Cors>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) idempotent: Option<Idempotent>,
}

/// A function that makes a service.
pub(crate) struct Service {
    pub(crate) ident: Ident,
    pub(crate) output: Type,
    pub(crate) prefix: Pattern,
    pub(crate) inputs: Vec<Parameter>,
}

/// One of a route's patterns.
pub(crate) struct Path {
    pub(crate) method: Method,
    pub(crate) pattern: Pattern,
}

/// One of [`METHODS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Method(pub(crate) usize);

impl Method {
    pub(crate) fn name(self) -> &'static str {
        METHODS.get(self.0).map_or("any", |(name, _)| name)
    }

    pub(crate) fn variant(self) -> &'static str {
        METHODS.get(self.0).map_or("Any", |(_, variant)| variant)
    }

    pub(crate) fn is_any(self) -> bool {
        self.name() == "any"
    }

    /// Whether a request of this method has no body that means anything:
    /// <https://www.rfc-editor.org/rfc/rfc9110#section-9.3.1>.
    fn is_without_body(self) -> bool {
        matches!(self.name(), "get" | "head")
    }
}

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
const MARKS: [&str; 5] = ["path", "query", "header", "cookie", "body"];

impl Role {
    /// Reads a function's attributes, and takes them off it. `None` if it has none of a route, or if they are wrong.
    pub(crate) fn read(function: &mut Function, prefix: Option<&Pattern>, errors: &mut Errors) -> Option<Self> {
        let routing = Routing::take(function, errors);
        let mount = take_named(function, "mount").into_iter().next();
        if let Some(attribute) = mount {
            if let Some(other) = routing.marks.first() {
                errors.at(
                    other,
                    Code::Conflict,
                    "a function is a route, or makes a service that is mounted, and not both",
                );
            }
            return Service::read(function, &attribute, prefix, errors).map(|service| Self::Service(Box::new(service)));
        }
        let mark = routing.marks.first().cloned()?;
        Route::read(function, &mark, routing, prefix, errors).map(|route| Self::Route(Box::new(route)))
    }
}

/// The attributes that make a function a route.
#[derive(Default)]
struct Routing {
    /// Their paths.
    marks: Vec<syn::Path>,
    paths: Vec<(Method, At<String>)>,
    is_fallback: bool,
    cors: Option<Cors>,
}

impl Routing {
    fn take(function: &mut Function, errors: &mut Errors) -> Self {
        let mut routing = Self::default();
        for attribute in take_where(function, |name| method(name).is_some() || name == "fallback") {
            let path = attribute.path().clone();
            let name = last_word(&attribute);
            match method(&name) {
                Some(method) => routing.read(method, &name, &attribute, errors),
                None => {
                    routing.is_fallback = true;
                    if !matches!(attribute.meta, Meta::Path(_)) {
                        errors.at(
                            &attribute.meta,
                            Code::WrongValue,
                            "`#[fallback]` takes nothing: it is for all paths",
                        );
                    }
                }
            }
            routing.marks.push(path);
        }
        routing
    }

    fn read(&mut self, method: Method, name: &str, attribute: &Attribute, errors: &mut Errors) {
        let example = format!("`#[{name}(\"/users/{{id}}\")]`");
        let tokens = match &attribute.meta {
            Meta::List(list) => list.tokens.clone(),
            meta => {
                errors.at(meta, Code::NoPath, format_args!("`#[{name}]` needs a path: {example}"));
                return;
            }
        };
        let (texts, rest) = args::leading_texts(tokens);
        if texts.is_empty() {
            errors.at(attribute.path(), Code::NoPath, format_args!("`#[{name}]` needs a path first: {example}"));
        }
        self.paths.extend(texts.into_iter().map(|text| (method, text)));
        let mut options = Options::new(args::parse(rest, errors), errors);
        if let Some(arg) = options.take("cors") {
            let second = self.cors.is_some();
            self.cors = Cors::read(&arg, errors);
            if second {
                errors.at(&arg.name, Code::RepeatedOption, "`cors` is given twice for this function");
            }
        }
        let elsewhere = |option: &str| match option {
            "prefix" | "trailing_slash" => {
                Some(format!("`{option}` is an option of the module: `#[handler(http({option} = …))]`"))
            }
            option if crate::args::handler::is_option(option) => {
                Some(format!("`{option}` is an option of the module's `#[handler]`"))
            }
            _ => None,
        };
        options.finish(&["cors"], elsewhere, errors);
    }
}

impl Route {
    fn read(
        function: &mut Function,
        mark: &syn::Path,
        routing: Routing,
        prefix: Option<&Pattern>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let before = errors.count();
        let Routing { paths, is_fallback, cors, .. } = routing;
        let name = format!("#[{}]", mark.segments.last().map(|last| last.ident.to_string()).unwrap_or_default());
        function.check_qualifiers(&name, errors);
        let paths: Vec<Path> = paths
            .into_iter()
            .filter_map(|(method, At { value, span })| {
                let pattern = Pattern::read(value, span, errors)?.behind(prefix);
                Some(Path { method, pattern })
            })
            .collect();
        if is_fallback && !paths.is_empty() {
            errors.at(
                mark,
                Code::Conflict,
                "a function with `#[fallback]` has no path of its own: write a second function",
            );
        }
        let deadline = read_deadline(function, None, errors);
        let idempotent = read_idempotent(function, &Settings::default(), true, errors);
        let is_right = errors.count() == before;
        let (inputs, patterns) = inputs(function, &paths, errors);
        // What a wrong pattern or parameter leaves without a counterpart is no mistake of its own.
        if is_right && errors.count() == before {
            check_names(function, &paths, &inputs, errors);
        }
        check_body(&paths, function, &inputs, errors);
        Some(Self {
            ident: function.sig.ident.clone(),
            output: crate::signature::returned(&function.sig),
            paths,
            is_fallback,
            inputs: inputs.into_iter().map(|(input, _)| input).collect(),
            patterns,
            cors,
            deadline,
            idempotent,
        })
    }
}

impl Route {
    /// The paths, each of which has a number; a fallback has one without a path.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = Option<&Path>> {
        let fallback = self.is_fallback.then_some(None);
        let paths = self.paths.iter().filter(|_| !self.is_fallback).map(Some);
        fallback.into_iter().chain(paths)
    }
}

impl Role {
    /// A function that takes all requests, or makes a service that does.
    pub(crate) fn of_handler(function: &mut Function, errors: &mut Errors) -> Self {
        let name = "#[handler]";
        function.check_qualifiers(name, errors);
        let output = crate::signature::returned(&function.sig);
        let is_router = |ty: &Type| matches!(peeled(ty), Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Router"));
        let value = crate::signature::halves(&output).0;
        if is_router(&output) || value.is_some_and(is_router) {
            let mut inputs = Vec::new();
            for input in &function.sig.inputs {
                match parameter(input, name, errors) {
                    Some(Parameter::Event(ty)) => errors.at(&ty, Code::InitByValue, MADE_ONCE),
                    found => inputs.extend(found),
                }
            }
            let prefix = Pattern { text: "/".to_owned(), span: function.sig.ident.span(), segments: Vec::new() };
            return Self::Service(Box::new(Service { ident: function.sig.ident.clone(), output, prefix, inputs }));
        }
        let (inputs, patterns) = inputs(function, &[], errors);
        Self::Route(Box::new(Route {
            ident: function.sig.ident.clone(),
            output,
            paths: Vec::new(),
            is_fallback: true,
            inputs: inputs.into_iter().map(|(input, _)| input).collect(),
            patterns,
            cors: None,
            deadline: None,
            idempotent: None,
        }))
    }
}

const MADE_ONCE: &str =
    "a service is made once, before the first request: take what it needs from the app, by reference";

/// The name of a segment that an input takes.
pub(crate) fn path_name(input: &Input) -> Option<&str> {
    match input {
        Input::Path { name, .. } => Some(name),
        _ => None,
    }
}

impl Service {
    fn read(
        function: &mut Function,
        attribute: &Attribute,
        prefix: Option<&Pattern>,
        errors: &mut Errors,
    ) -> Option<Self> {
        let prefix_here = mount_prefix(attribute, errors);
        function.check_qualifiers("#[mount]", errors);
        let mut inputs = Vec::new();
        for input in &function.sig.inputs {
            match parameter(input, "#[mount]", errors) {
                Some(Parameter::Event(ty)) => errors.at(&ty, Code::InitByValue, MADE_ONCE),
                found => inputs.extend(found),
            }
        }
        Some(Self {
            ident: function.sig.ident.clone(),
            output: crate::signature::returned(&function.sig),
            prefix: prefix_here?.behind(prefix),
            inputs,
        })
    }
}

/// The prefix in `#[mount("/prefix")]`, which is made of texts alone.
pub(crate) fn mount_prefix(attribute: &Attribute, errors: &mut Errors) -> Option<Pattern> {
    let tokens = match &attribute.meta {
        Meta::List(list) => list.tokens.clone(),
        meta => {
            errors.at(
                meta,
                Code::NoPath,
                "`#[mount]` needs a prefix: `#[mount(\"/users\")]`, or `#[mount(\"/\")]` for none",
            );
            return None;
        }
    };
    let (texts, rest) = args::leading_texts(tokens);
    Options::new(args::parse(rest, errors), errors).finish(&[], |_| None, errors);
    let mut texts = texts.into_iter();
    let Some(At { value, span }) = texts.next() else {
        errors.at(attribute.path(), Code::NoPath, "`#[mount]` needs a prefix first: `#[mount(\"/users\")]`");
        return None;
    };
    if let Some(At { span, .. }) = texts.next() {
        errors.at_span(span, Code::WrongValue, "`#[mount]` takes one prefix: write a second `#[mount]` for another");
    }
    let pattern = Pattern::read(value, span, errors)?;
    prefix_of_texts(pattern, errors)
}

/// A prefix that holds no parameters and no slash at its end.
fn prefix_of_texts(pattern: Pattern, errors: &mut Errors) -> Option<Pattern> {
    if let Some(name) = pattern.names().next() {
        let what = "the routes behind a mount can't take a parameter of its prefix: say the prefix where they stand, as in \
                    `#[routes(\"/shops/{shop}\")]`";
        errors.at_span(pattern.span, Code::BadPattern, pattern.about(name, what));
        return None;
    }
    without_last_slash(pattern, errors)
}

pub(crate) fn without_last_slash(pattern: Pattern, errors: &mut Errors) -> Option<Pattern> {
    if pattern.segments.last().is_some_and(|last| *last == super::pattern::Segment::Literal(String::new())) {
        errors.at_span(pattern.span, Code::BadPattern, pattern.whole("a prefix does not end with `/`"));
        return None;
    }
    Some(pattern)
}

/// Each parameter's source, and the name that is in the signature.
#[allow(clippy::type_complexity, reason = "a name for the pair would say no more")]
fn inputs(function: &mut Function, paths: &[Path], errors: &mut Errors) -> (Vec<(Input, Option<Ident>)>, Vec<Pat>) {
    let (mut inputs, mut patterns) = (Vec::new(), Vec::new());
    for input in &mut function.sig.inputs {
        let FnArg::Typed(typed) = input else {
            // Words the error.
            parameter(input, "a route", errors);
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
                    let message = "a text of the request: say where it stands by `#[query]`, `#[header]`, `#[cookie]` or \
                                   `#[body]`, or name the parameter like a segment of the path";
                    errors.at(&typed.ty, Code::BorrowedText, message);
                    continue;
                }
                match parameter(input, "a route", errors) {
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
                let message = crate::diag::unknown("parameter of the path", &name, &names);
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
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if from != From::Query && (name.is_empty() || !name.chars().all(is_token)) {
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
                errors.at(&pair, Code::WrongValue, format_args!("write `#[{word}(…)]`"));
                return None;
            }
        };
        let before = errors.count();
        let mut options = Options::new(args::parse_after(Some("name"), true, tokens, errors), errors);
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
fn check_names(function: &Function, paths: &[Path], inputs: &[(Input, Option<Ident>)], errors: &mut Errors) {
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

fn check_body(paths: &[Path], function: &Function, inputs: &[(Input, Option<Ident>)], errors: &mut Errors) {
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

pub(crate) fn method(name: &str) -> Option<Method> {
    METHODS.iter().position(|(method, _)| *method == name).map(Method)
}

fn last_word(attribute: &Attribute) -> String {
    attribute.path().segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
}

/// Takes the attributes of such names off a function.
fn take_where(function: &mut Function, is_it: impl Fn(&str) -> bool) -> Vec<Attribute> {
    let (found, others) =
        std::mem::take(&mut function.attrs).into_iter().partition(|attribute| is_it(&last_word(attribute)));
    function.attrs = others;
    found
}

pub(crate) fn take_named(function: &mut Function, name: &str) -> Vec<Attribute> {
    take_where(function, |word| word == name)
}

/// Expands a routing attribute that no module has taken.
pub(crate) fn alone(name: &str, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let at = match syn::parse2::<Function>(item.clone()) {
        Ok(function) => function.sig.ident.to_token_stream(),
        Err(_) => crate::expand::head(&item),
    };
    let message = match name {
        "mount" => "`#[mount]` stands in a module with `#[handler(http)]` or `#[routes]`: move it there".to_owned(),
        _ => format!(
            "`#[{name}]` stands on a function in a module with `#[handler(http)]` or `#[routes]`: put the function into one, \
             or is the attribute above the module missing? There are: {}",
            list(&METHODS.map(|(name, _)| name))
        ),
    };
    errors.at(&at, Code::LonelyRoute, message);
    let errors = errors.into_tokens();
    quote::quote!(#item #errors)
}

/// Marks of parameters that a module has not taken off are unknown to the compiler, so they go.
pub(crate) fn unmark(function: &mut Function) {
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(typed) = input {
            typed.attrs.retain(|attribute| !MARKS.iter().any(|mark| attribute.path().is_ident(mark)));
        }
    }
    take_where(function, |name| method(name).is_some() || matches!(name, "fallback" | "mount"));
    for name in ["deadline", "idempotent"] {
        companion::take(function, name, &mut Errors::default());
    }
}
