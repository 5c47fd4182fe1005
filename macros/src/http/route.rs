//! A route: the attributes of its function.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, FnArg, Meta, Pat, Type};

use crate::args::handler::{Deadline, read_deadline, read_idempotent};
use crate::args::idempotent::Idempotent;
use crate::args::value::At;
use crate::args::{self, Options};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::http::cors::Cors;
use crate::http::input::{Input, MARKS, check_body, check_names, inputs};
use crate::http::mount::{MADE_ONCE, Service};
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
        for attribute in take_named(function, "handler") {
            let message = "a route is part of its module's handler: remove the attribute";
            errors.at(attribute.path(), Code::Conflict, message);
        }
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
            Meta::NameValue(pair) => {
                errors.at(pair, Code::NoPath, format_args!("the path stands in parentheses: {example}"));
                return;
            }
            meta => {
                errors.at(meta, Code::NoPath, format_args!("`#[{name}]` needs a path: {example}"));
                return;
            }
        };
        let (texts, rest) = args::leading_texts(tokens);
        if texts.is_empty() {
            let before = errors.count();
            no_path(&rest, attribute, name, errors);
            if errors.count() > before {
                return;
            }
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
        let (inputs, patterns) = inputs(function, &name, &paths, !is_right, errors);
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
        for attribute in take_where(function, |name| method(name).is_some() || matches!(name, "fallback" | "mount")) {
            let other = last_word(&attribute);
            let message = format!(
                "a function with `#[handler(http)]` takes all requests: remove `#[{other}]`, or put the function into a module \
                 with `#[handler(http)]`"
            );
            errors.at(attribute.path(), Code::Conflict, message);
        }
        let (inputs, patterns) = inputs(function, name, &[], false, errors);
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
    const MODULE: &str = "a module with `#[handler(http)]` or `#[routes]`";
    let mut errors = Errors::default();
    let function = syn::parse2::<Function>(item.clone()).ok();
    let at = match &function {
        Some(function) => function.sig.ident.to_token_stream(),
        None => crate::expand::head(&item),
    };
    let message = match (name, function) {
        ("mount", Some(_)) => format!("`#[mount]` on a function means something directly in {MODULE}"),
        ("mount", None) => {
            format!("`#[mount]` goes on the `use` of a module with `#[routes]`, or on a function, directly in {MODULE}")
        }
        (_, Some(function)) if function.takes_self() => {
            format!("`#[{name}]` goes on a free function, directly in {MODULE}: move it out of the `impl`")
        }
        (_, Some(_)) => {
            format!("`#[{name}]` means something directly in {MODULE}: move the function there, or mark its module")
        }
        (_, None) => format!("`#[{name}]` goes on an `async fn`, directly in {MODULE}"),
    };
    errors.at(&at, Code::LonelyRoute, message);
    let errors = errors.into_tokens();
    quote::quote!(#item #errors)
}

/// Says what stands where the path of `#[get(…)]` should, if nothing else will.
fn no_path(rest: &TokenStream, attribute: &Attribute, name: &str, errors: &mut Errors) {
    let example = format!("`#[{name}(\"/users/{{id}}\")]`");
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let is_text =
        |token: &TokenTree| matches!(token, TokenTree::Literal(literal) if literal.to_string().starts_with('"'));
    let tokens: Vec<TokenTree> = rest.clone().into_iter().collect();
    match tokens.as_slice() {
        [first, second, ..] if is_comma(second) => {
            let message = format!("a path is a string literal, as the routes are compared with each other: {example}");
            errors.at(first, Code::NoPath, message);
        }
        tokens => {
            match tokens.windows(2).find(|two| matches!(two, [comma, text] if is_comma(comma) && is_text(text))) {
                Some(found) => {
                    let text = found.last();
                    let message = format!("the path comes first: `#[{name}({}, …)]`", text.to_token_stream());
                    errors.at(&text, Code::NoPath, message);
                }
                None => {
                    errors.at(attribute.path(), Code::NoPath, format_args!("`#[{name}]` needs a path first: {example}"))
                }
            }
        }
    }
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
