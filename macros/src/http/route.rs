//! A route: the attributes of its function.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Attribute, FnArg, Meta, Pat, Type};

use crate::args::handler::{Deadline, read_deadline, read_idempotent};
use crate::args::idempotent::Idempotent;
use crate::args::value::At;
use crate::args::{self, Options};
use crate::companion;
use crate::diag::{Code, Errors, list};
use crate::http::cors::Cors;
use crate::http::input::{Input, MARKS, check_body, check_names, inputs};
use crate::http::pattern::Pattern;
use crate::signature::{Function, Parameter, parameter, peeled};
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
    pub(crate) fn is_without_body(self) -> bool {
        matches!(self.name(), "get" | "head")
    }
}

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

pub(crate) fn method(name: &str) -> Option<Method> {
    METHODS.iter().position(|(method, _)| *method == name).map(Method)
}

pub(crate) fn last_word(attribute: &Attribute) -> String {
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
