//! The code of one route: from the request to its parameters, to the function, to the response.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::{Lifetime, Path, Type};

use crate::args::handler::Deadline;
use crate::args::idempotent::Idempotent;
use crate::diag::Errors;
use crate::expand::handler::{event_value, hook_fields_from};
use crate::expand::idempotent::{self, Glue, Site};
use crate::expand::{dependency, hygienic, local, method, moved, place};
use crate::http::input::{Default, From, Input};
use crate::http::route::Route;
use crate::signature::{Parameter, halves};

/// A route with its code.
pub(crate) struct Planned<'c> {
    pub(crate) route: &'c Route,
    /// The method's name.
    pub(crate) name: Ident,
    /// What it asks of the app, what its attributes ask for included.
    pub(crate) borrowed: Vec<Parameter>,
    /// Constants beside the glue.
    pub(crate) items: TokenStream,
    /// Fields of the bound routes, and their values.
    pub(crate) fields: Vec<TokenStream>,
    pub(crate) values: Vec<TokenStream>,
    /// The method that runs it.
    pub(crate) method: TokenStream,
    /// What the route is told to say about itself: calls on its description.
    pub(crate) described: TokenStream,
}

/// What a route is planned with.
pub(crate) struct Setting<'s> {
    pub(crate) krate: &'s Path,
    /// The number of routes before it, and that of the dependencies of these.
    pub(crate) index: usize,
    pub(crate) first: usize,
    /// The name in logs and in the keys of `#[idempotent]`, as an expression for `concat!`.
    pub(crate) full_name: &'s TokenStream,
    /// The route's own, or its module's.
    pub(crate) idempotent: Option<&'s Idempotent>,
    /// That of a handler which is one function; its margin is the invocation's.
    pub(crate) of_handler: Option<&'s Deadline>,
}

impl<'c> Planned<'c> {
    pub(crate) fn new(route: &'c Route, setting: &Setting<'_>, errors: &mut Errors) -> Self {
        let Setting { krate, index, first, full_name, idempotent, of_handler } = *setting;
        let private = hygienic!(#krate::__private);
        let http = hygienic!(#krate::__private::http);
        let name = format_ident!("__route_{index}", span = Span::mixed_site());
        let own: Vec<Parameter> = route.inputs.iter().filter_map(app).collect();
        let asked = idempotent.map(|idempotent| idempotent::needs(idempotent, krate)).unwrap_or_default();
        let own_count = own.len();
        let glue = idempotent.map(|idempotent| {
            let dependencies = (first + own_count..).map(dependency);
            let bindings = bindings(route, first);
            idempotent::glue(idempotent, krate, full_name, Site::Route(index), dependencies, &bindings)
        });

        let mut items = TokenStream::new();
        let within = route.deadline.as_ref().map(|deadline| {
            let (margin, spec) = (deadline.margin_ms, format_ident!("__SPEC_{index}", span = Span::mixed_site()));
            items.extend(hygienic! {
                const #spec: &#private::FunctionSpec =
                    &#private::FunctionSpec::new(#full_name, ::core::env!("CARGO_PKG_NAME"), "http")
                        .deadline_margin_ms(#margin);
            });
            hygienic! {
                let part = call.within(#spec);
                let call = &part;
            }
        });
        let (takes, arguments) = takes(route, first, &http);
        let ident = &route.ident;
        // Errors about what the function returns, or holds across an await, stand at its name.
        let called = quote_spanned!(ident.span()=> #ident(#(#arguments),*));
        let run = match glue {
            Some(_) => hygienic!(held.run(call, #called)),
            None => hygienic!(call.guard(#called)),
        };
        let hook = route.deadline.as_ref().or(of_handler).and_then(|deadline| deadline.on_exceeded.as_ref());
        let guarded = match hook {
            None => hygienic!(#run.await?),
            Some(hook) => {
                let (path, fields) = (&hook.path, hook_fields_from(hook, first, &own, errors));
                // Errors about what the hook takes and returns stand at its name.
                let exceeded = quote_spanned!(place(path)=> |exceeded| #path(exceeded #(, self.#fields)*));
                quote_spanned!(place(path)=> call.or_exceeded(#run.await, #exceeded).await?)
            }
        };
        // Each half of a `Result` gets its own errors.
        let (value, error) = halves(&route.output);
        let (value, error) = (value.unwrap_or(&route.output), error.unwrap_or(&route.output));
        let (returned, settle) = (local("returned", error), method("settle", error));
        let (settled, respond) = (local("settled", value), method("respond", value));
        let (enter, kept, released) = match &glue {
            Some(Glue { enter, .. }) => {
                (Some(enter), hygienic!(#http::keep(held, reply)), Some(hygienic!(#http::release(held);)))
            }
            None => (None, hygienic!(::core::result::Result::Ok(reply)), None),
        };
        let line = hygienic! {
                    #takes
                    #enter
                    let #returned = #guarded;
                    match (&&&&#http::Sent::of(&#returned)).#settle(#returned) {
                        ::core::result::Result::Ok(value) => {
                            let #settled = #http::Settled(value);
                            let reply = #http::Reply::in_time(#settled.#respond(), call).await?;
                            #kept
                        }
                        ::core::result::Result::Err(fault) => {
                            #released
                            fault.reply(call, #full_name).await
                        }
                    }
        };
        // What has a line of its own is watched on its own.
        let line = match within {
            Some(within) => hygienic! {
                #within
                call.attempt(0, async move { #line }).await
            },
            None => line,
        };
        let lifetime = Lifetime::new("'a", place(ident));
        let future = quote_spanned! {ident.span()=>
            impl ::core::future::Future<
                Output = ::core::result::Result<#http::Reply, #http::Failure>,
            > + ::core::marker::Send + #lifetime
        };
        let places = route.inputs.iter().filter(|input| matches!(input, Input::Path { .. })).count();
        let method = hygienic! {
            #[allow(unused_variables, reason = "a route may take nothing of the path")]
            #[allow(clippy::redundant_closure, reason = "a hook with parameters needs the closure")]
            fn #name<'a>(
                &'a self,
                target: #http::Target<'a>,
                at: [#http::Segment; #places],
                call: &'a #private::Call<'a>,
            ) -> #future {
                #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
                use #http::{
                    SettleError as _, SettleNothing as _, SettleProblem as _, SettleResponse as _, SettleValue as _,
                    TakeBody as _, TakeFromHttp as _, TakeFromParts as _, TakeFromRequest as _, TakeFromStr as _,
                    TakeJson as _, TakeNoBody as _, TakeNoValue as _, TakeNothingElse as _, TakeValue as _,
                };
                async move {
                    #line
                }
            }
        };
        let mut described = TokenStream::new();
        if let Some(cors) = &route.cors {
            let cors = cors.tokens(krate);
            described.extend(hygienic!(.cors(&#cors)));
        }
        if idempotent.is_some() {
            let options = Site::Route(index).options();
            described.extend(hygienic!(.idempotency(#options)));
        }
        if let Some(deadline) = &route.deadline {
            let margin = deadline.margin_ms;
            described.extend(hygienic!(.deadline_margin_ms(#margin)));
        }
        if let Some(ty) = route.inputs.iter().find_map(Input::body) {
            described.extend(hygienic!(.body(#private::body!(#ty))));
        }
        let Glue { items: more_items, fields, values, .. } = glue.unwrap_or_default();
        items.extend(more_items);
        Self { route, name, borrowed: own.into_iter().chain(asked).collect(), items, fields, values, method, described }
    }
}

fn app(input: &Input) -> Option<Parameter> {
    match input {
        Input::App(Parameter::App { ty, name }) => Some(Parameter::App { ty: ty.clone(), name: name.clone() }),
        _ => None,
    }
}

/// From the request to the parameters: those that are extractors first, as they know who is allowed in; then all
/// others, so that all that are wrong are named at once.
fn takes(route: &Route, first: usize, http: &TokenStream) -> (TokenStream, Vec<TokenStream>) {
    let mut dependencies = (first..).map(dependency);
    let (mut extracts, mut reads, mut read) = (TokenStream::new(), TokenStream::new(), Vec::new());
    let mut arguments = Vec::new();
    let mut places = 0_usize..;
    let reads_query = route.inputs.iter().any(|input| matches!(input, Input::Value { from: From::Query, .. }));
    let reads_cookies = route.inputs.iter().any(|input| matches!(input, Input::Value { from: From::Cookie, .. }));
    if reads_query {
        reads.extend(hygienic!(let query = target.query_fields(&mut faults);));
    }
    if reads_cookies {
        reads.extend(hygienic!(let cookies = target.cookie_fields();));
    }
    for (index, input) in route.inputs.iter().enumerate() {
        let value = event_value(index);
        let [texts, values] =
            ["texts", "values"].map(|name| Ident::new(&format!("{name}_{index}"), Span::mixed_site()));
        match input {
            Input::App(_) => {
                let field = dependencies.next();
                arguments.push(hygienic!(self.#field));
                continue;
            }
            Input::Request { ty } => extracts.extend(extract(http, ty, &value)),
            Input::Path { name, ty } => {
                let place_of = places.next();
                reads.extend(hygienic! {
                    let #texts = target.path_text(at[#place_of]);
                    let #values = [&*#texts];
                });
                let input = hygienic!(#http::Input::list(#http::Place::Path, #name, &#values));
                reads.extend(take(http, ty, &value, &input, None));
                read.push(value.clone());
            }
            Input::Value { from, name, default, ty } => {
                let input = match from {
                    From::Query => hygienic!(#http::Input::fields(#http::Place::Query, #name, &query)),
                    From::Cookie => hygienic!(#http::Input::fields(#http::Place::Cookie, #name, &cookies)),
                    From::Header => {
                        reads.extend(hygienic! {
                            let #texts = target.header_texts(#name);
                            let #values = #http::borrowed(&#texts);
                        });
                        hygienic!(#http::Input::list(#http::Place::Header, #name, &#values))
                    }
                };
                reads.extend(take(http, ty, &value, &input, default.as_ref()));
                read.push(value.clone());
            }
            Input::Body { ty } => {
                let (there, take) = (moved(http, ty), method("take_body", ty));
                let taken = local("taken", ty);
                reads.extend(quote_spanned! {place(ty)=>
                    let #taken = &&#there::BodyParam::<#ty>::new();
                    let #value = #taken.#take(target, &mut faults);
                });
                read.push(value.clone());
            }
        }
        arguments.push(hygienic!(#value));
    }
    if !read.is_empty() {
        reads = hygienic! {
            let mut faults = #http::Faults::default();
            #reads
            let (true, #(::core::option::Option::Some(#read)),*) = (faults.is_empty(), #(#read),*) else {
                return ::core::result::Result::Ok(faults.reply());
            };
        };
    }
    extracts.extend(reads);
    (extracts, arguments)
}

/// Takes a value of the path, the query, a header or a cookie. Errors about the type stand at the type.
fn take(http: &TokenStream, ty: &Type, value: &Ident, input: &TokenStream, default: Option<&Default>) -> TokenStream {
    let (there, take, taken) = (moved(http, ty), method("take", ty), local("taken", ty));
    let read = match default {
        None => quote_spanned!(place(ty)=> #taken.#take(#input, &mut faults)),
        Some(default) => {
            let default = match default {
                Default::Expr(expr) => quote_spanned!(place(expr)=> || #expr),
                Default::OfType(span) => {
                    // The path alone would be two errors, if there is no default.
                    quote_spanned!(span.resolved_at(Span::mixed_site())=> || ::core::default::Default::default())
                }
            };
            quote_spanned! {place(ty)=>
                #there::Param::<#ty>::or_default(#input, #default, |input| #taken.#take(input, &mut faults))
            }
        }
    };
    quote_spanned! {place(ty)=>
        let #taken = &&#there::Param::<#ty>::new();
        let #value = #read;
    }
}

fn extract(http: &TokenStream, ty: &Type, value: &Ident) -> TokenStream {
    let (there, extract, taken) = (moved(http, ty), method("extract", ty), local("taken", ty));
    quote_spanned! {place(ty)=>
        let #taken = &&&#there::Extract::<#ty>::new();
        let #value = match call.guard(#taken.#extract(target)).await? {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(response) => {
                return #there::Reply::in_time(response, call).await;
            }
        };
    }
}

/// The parameters' names, for expressions in attributes: what they mean in the function, by reference; and `header`, for
/// the request's.
fn bindings(route: &Route, first: usize) -> TokenStream {
    let mut dependencies = (first..).map(dependency);
    let header = Ident::new("header", Span::call_site());
    let mut bindings = hygienic! {
        #[allow(unused_variables, reason = "an expression needs some of them")]
        let #header = |name: &str| target.key_header(name);
    };
    for (index, (input, pattern)) in route.inputs.iter().zip(&route.patterns).enumerate() {
        let pattern = idempotent::pattern(pattern);
        let value = match input {
            Input::App(_) => {
                let field = dependencies.next();
                hygienic!(self.#field)
            }
            _ => {
                let value = event_value(index);
                hygienic!(&#value)
            }
        };
        bindings.extend(hygienic! {
            #[allow(unused_variables, reason = "an expression needs some of them")]
            let #pattern = #value;
        });
    }
    bindings
}
