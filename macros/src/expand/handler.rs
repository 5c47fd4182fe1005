//! `#[handler]`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{FnArg, Lifetime};

use crate::args::handler::{Handler, krate};
use crate::args::value::{At, Function as Hook};
use crate::args::{self, Value};
use crate::diag::{Code, Errors, list};
use crate::expand::idempotent::{self, Glue, Site};
use crate::expand::{Borrowed, assemble, dependency, found, local, method, moved, place};
use crate::http::{self, items::is_module};
use crate::signature::{Function, Parameter, halves};
use crate::source::Kind;
use crate::source::options::Setting;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    if is_module(&item) {
        return http::expand::module(args, item);
    }
    let mut function = match crate::expand::function("#[handler]", item) {
        Ok(function) => function,
        Err(tokens) => return tokens,
    };
    if names_http(&args) {
        return http::expand::function(args, function);
    }
    let mut errors = Errors::default();
    let parameters = function.check("#[handler]", &mut errors);
    if let Some((path, _)) = crate::companion::take(&mut function, "handler", &mut errors) {
        let message = "a function has one `#[handler]`: write a second function for another event source";
        errors.at(&path, Code::RepeatedAttribute, message);
    }
    let handler = Handler::read(args.clone(), &mut function, &mut errors);
    let glue = match handler {
        Some(handler) if errors.is_empty() => glue(&handler, &function, &parameters, &mut errors),
        _ => broken(args.clone(), &function),
    };
    // A hook can be wrong where all else is right.
    let glue = if errors.is_empty() { glue } else { broken(args, &function) };
    assemble(&function, glue, errors)
}

/// Whether the arguments name HTTP as the source.
fn names_http(args: &TokenStream) -> bool {
    let args = args::parse(args.clone(), &mut Errors::default());
    let source = args.iter().find(|arg| matches!(arg.value, Value::Word | Value::Group(_)));
    source.is_some_and(|source| source.name == "http")
}

/// Stands in for a handler whose attribute is wrong, so that `main!` does not complain on top.
pub(crate) fn broken(args: TokenStream, function: &Function) -> TokenStream {
    let (krate, ident) = (krate(args), &function.sig.ident);
    hygienic! {
        impl #ident {
            #[doc(hidden)]
            #[allow(dead_code, reason = "`main!` may not name it")]
            pub const __LAMBKIN: #krate::__private::Broken = #krate::__private::Broken;
        }
    }
}

fn glue(handler: &Handler, function: &Function, parameters: &[Parameter], errors: &mut Errors) -> TokenStream {
    let krate = &handler.krate;
    let private = hygienic!(#krate::__private);
    let ident = &function.sig.ident;
    // What the attribute asks for stands behind what the function does.
    let own = parameters.iter().filter(|parameter| matches!(parameter, Parameter::App { .. })).count();
    let asked = handler.idempotent.as_ref().map(|idempotent| idempotent::needs(idempotent, krate)).unwrap_or_default();
    let borrowed = Borrowed::new(krate, parameters.iter().chain(&asked));
    let (fields, references) = (borrowed.names(), borrowed.references());
    let (bounds, needs, resolve) = (borrowed.bounds(), borrowed.needs(), borrowed.resolve());
    let spec = {
        let (spec, types) = (spec(handler), parameters.iter().filter_map(event_type));
        hygienic!(#spec.payload(#private::payload!(__Source; #(#types),*)))
    };
    let mode = mode(handler, parameters);
    let idempotent = handler.idempotent.as_ref().map(|idempotent| {
        let dependencies = (own..).map(dependency);
        let name = handler.name.to_token_stream();
        idempotent::glue(idempotent, krate, &name, Site::Handler, dependencies, &bindings(function, parameters))
    });
    let on = on(handler, function, parameters, idempotent.as_ref(), errors);
    let on_last_attempt = on_last_attempt(handler, parameters, errors);
    let on_window_end = on_window_end(handler, parameters, errors);

    let found = found(ident);
    let Glue { items, fields: more_fields, values: more_values, .. } = idempotent.unwrap_or_default();
    hygienic! {
        #found

        #items

        impl #private::NotInit for #ident {}

        #mode

        struct __Bound {
            #(#fields: #references,)*
            #(#more_fields,)*
        }

        #[automatically_derived]
        impl<__App> #private::Handler<__App> for #ident
        where
            #bounds
        {
            const SPEC: &'static #private::FunctionSpec = &#spec;
            const NEEDS: &'static [&'static #private::Needs] = #needs;

            fn resolve(app: &'static __App) -> #private::Resolving<&'static dyn #private::Ready> {
                ::std::boxed::Box::pin(async move {
                    #resolve
                    let bound = __Bound { #(#fields,)* #(#more_values,)* };
                    let spec = <#ident as #private::Handler<__App>>::SPEC;
                    ::core::result::Result::Ok(#private::ready::<__Source, __Bound>(spec, bound))
                })
            }
        }

        #[automatically_derived]
        impl #private::OnRecord<__Source> for __Bound {
            #on
            #on_last_attempt
            #on_window_end
        }
    }
}

fn event_type(parameter: &Parameter) -> Option<&syn::Type> {
    match parameter {
        Parameter::Event(ty) => Some(ty),
        Parameter::App { .. } => None,
    }
}

/// The source as a type. Whether a parameter is a `Batch` is decided by its type, as all else about it.
fn mode(handler: &Handler, parameters: &[Parameter]) -> TokenStream {
    let krate = &handler.krate;
    let private = hygienic!(#krate::__private);
    let marker = format_ident!("{}", handler.source.marker);
    if handler.source.kind == Kind::Call {
        return hygienic!(type __Source = #private::#marker;);
    }
    // Errors about the type stand at the type.
    let takes_batch = parameters.iter().filter_map(event_type);
    let takes_batch = takes_batch.map(|ty| quote_spanned!(place(ty)=> #private::Takes::<#ty>::BATCH));
    // What the options ask of each parameter.
    let window = match handler.settings.is_given("tumbling_window") {
        true => Some("must_fold"),
        false => handler.source.outside.contains(&"on_window_end").then_some("must_need_no_window"),
    };
    let concurrency = handler.concurrency.map(|_| "must_be_one_of_many");
    let key = handler.idempotent.as_ref().map(|_| "must_be_single");
    let asked = window.into_iter().chain(concurrency).chain(key).flat_map(|method| {
        let method = format_ident!("{method}");
        parameters.iter().filter_map(event_type).map(move |ty| (method.clone(), ty))
    });
    let asked = asked.map(|(method, ty)| {
        let private = moved(&private, ty);
        quote_spanned!(place(ty)=> #private::Takes::<#ty>::#method();)
    });
    hygienic! {
        const __TAKES_BATCH: bool = {
            #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
            use #private::TakesRecord as _;
            #private::takes_batch(&[#(#takes_batch),*])
        };
        const _: fn() = || {
            #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
            use #private::TakesRecord as _;
            #(#asked)*
        };
        type __Source = <#private::#marker as #private::Mode<{ __TAKES_BATCH }>>::Source;
    }
}

/// What the attributes say, as a constant.
pub(crate) fn spec(handler: &Handler) -> TokenStream {
    let private = {
        let krate = &handler.krate;
        hygienic!(#krate::__private)
    };
    let (name, source) = (&handler.name, handler.source.name);
    let settings = handler.settings.entries().iter().map(|entry| {
        let name = entry.name;
        let value = match &entry.value {
            Setting::Text(text) => hygienic!(Text(#text)),
            Setting::Texts(texts) => hygienic!(Texts(&[#(#texts),*])),
            Setting::Number(number) => hygienic!(Number(#number)),
            Setting::Flag(flag) => hygienic!(Flag(#flag)),
        };
        hygienic!((#name, #private::Setting::#value))
    });
    let mut spec = hygienic! {
        #private::FunctionSpec::new(#name, ::core::env!("CARGO_PKG_NAME"), #source).settings(&[#(#settings),*])
    };
    if handler.source.kind == Kind::Batch {
        spec.extend(hygienic!(.report_batch_item_failures()));
    }
    if let Some(records) = handler.concurrency {
        let records = usize::try_from(records).unwrap_or(usize::MAX);
        spec.extend(hygienic!(.concurrency(#records)));
    }
    if let Some(seconds) = handler.timeout {
        spec.extend(hygienic!(.timeout(#seconds)));
    }
    if let Some(mb) = handler.memory {
        spec.extend(hygienic!(.memory(#mb)));
    }
    if let Some(environments) = handler.environments.reserved {
        spec.extend(hygienic!(.reserved_concurrency(#environments)));
    }
    if let Some(environments) = handler.environments.provisioned {
        spec.extend(hygienic!(.provisioned_concurrency(#environments)));
    }
    if !handler.partial {
        spec.extend(hygienic!(.whole()));
    }
    if handler.report_all_failed {
        spec.extend(hygienic!(.report_all_failed()));
    }
    if handler.discard_malformed {
        spec.extend(hygienic!(.discard_malformed()));
    }
    if let Some(At { value: count, .. }) = handler.settings.number("max_receive_count") {
        spec.extend(hygienic!(.max_receive_count(#count)));
    }
    // A module's is that of its routes.
    if handler.idempotent.is_some() && handler.source.name != "http" {
        spec.extend(hygienic!(.idempotency(__OPTIONS)));
    }
    if let Some(deadline) = &handler.deadline {
        let ms = deadline.margin_ms;
        spec.extend(hygienic!(.deadline_margin_ms(#ms)));
    }
    spec
}

/// The straight line from a record to its outcome.
fn on(
    handler: &Handler,
    function: &Function,
    parameters: &[Parameter],
    idempotent: Option<&Glue>,
    errors: &mut Errors,
) -> TokenStream {
    let krate = &handler.krate;
    let private = hygienic!(#krate::__private);
    let ident = &function.sig.ident;
    let (mut takes, mut arguments) = (TokenStream::new(), Vec::new());
    let mut dependencies = 0..;
    for (index, parameter) in parameters.iter().enumerate() {
        match parameter {
            Parameter::Event(ty) => {
                let value = event_value(index);
                // Errors about the type stand at the type.
                let (take, unclaimed, taken) = (method("take", ty), local("payload", ty), local("taken", ty));
                takes.extend(quote_spanned! {place(ty)=>
                    let #unclaimed = payload;
                    let #taken = &&#private::Take::<#ty, _>::from(record);
                    let (#value, payload) = #taken.#take(record, call, #unclaimed)?;
                });
                arguments.push(hygienic!(#value));
            }
            Parameter::App { .. } => {
                let field = dependencies.next().map(dependency);
                arguments.push(hygienic!(self.#field));
            }
        }
    }
    // Errors about what the function returns, or holds across an await, stand at its name.
    let called = quote_spanned!(ident.span()=> #ident(#(#arguments),*));
    let run = match idempotent {
        Some(_) => hygienic!(held.run(call, #called)),
        None => hygienic!(call.guard(#called)),
    };
    let guarded = match handler.deadline.as_ref().and_then(|deadline| deadline.on_exceeded.as_ref()) {
        None => hygienic!(#run.await?),
        Some(hook) => {
            let (path, fields) = (&hook.path, hook_fields(hook, parameters, errors));
            // Errors about what the hook takes and returns stand at its name.
            let exceeded = quote_spanned!(place(path)=> |exceeded| #path(exceeded #(, self.#fields)*));
            match idempotent {
                Some(_) => quote_spanned!(place(path)=> call.or_exceeded(#run.await, #exceeded).await?),
                None => quote_spanned!(place(path)=> call.guard_or(#called, #exceeded).await?),
            }
        }
    };
    let output = crate::signature::returned(&function.sig);
    // Each half of a `Result` gets its own errors.
    let (value, error) = halves(&output);
    let (value, error) = (value.unwrap_or(&output), error.unwrap_or(&output));
    let (returned, settle) = (local("returned", error), method("settle", error));
    let (settled, answer) = (local("settled", value), method("answer", value));
    let lifetime = Lifetime::new("'a", place(ident));
    let future = quote_spanned! {ident.span()=>
        impl ::core::future::Future<
            Output = ::core::result::Result<<__Source as #private::Source>::Answer, #krate::Failure>,
        > + ::core::marker::Send + #lifetime
    };
    let settled_by_type = hygienic!((&&&#private::Returned::of(&#returned)).#settle(#returned));
    let (ahead, enter, ended) = match idempotent {
        Some(Glue { enter, .. }) => (
            Some(hygienic!(const AHEAD: usize = #private::idempotency::AHEAD;)),
            Some(enter),
            hygienic! {
                let #settled = #private::Settled(held.passed(#settled_by_type)?);
                held.keep(|| #settled.#answer::<__Source>())
            },
        ),
        None => (
            None,
            None,
            hygienic! {
                let #settled = #private::Settled(#settled_by_type?);
                #settled.#answer::<__Source>()
            },
        ),
    };
    hygienic! {
        #ahead

        #[allow(clippy::redundant_closure, reason = "a hook with parameters needs the closure")]
        fn on<'a, 'e: 'a>(
            &'a self,
            record: &'a <__Source as #private::Source>::Record<'e>,
            call: &'a #private::Call<'a>,
        ) -> #future {
            #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
            use #private::{
                SettleClassified as _, SettleNothing as _, SettleResult as _, SettleValue as _,
                TakeExtractor as _, TakeNothing as _, TakePayload as _,
            };
            async move {
                let payload = #private::Unclaimed;
                #takes
                let _ = (payload, record);
                #enter
                let #returned = #guarded;
                #ended
            }
        }
    }
}

/// The parameters' names, for expressions in attributes: what they mean in the function, by reference.
fn bindings(function: &Function, parameters: &[Parameter]) -> TokenStream {
    let mut dependencies = 0..;
    let patterns = function.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => Some(idempotent::pattern(&input.pat)),
        FnArg::Receiver(_) => None,
    });
    let bindings = patterns.zip(parameters).enumerate().map(|(index, (pattern, parameter))| {
        let value = match parameter {
            Parameter::Event(_) => {
                let value = event_value(index);
                hygienic!(&#value)
            }
            Parameter::App { .. } => {
                let field = dependencies.next().map(dependency);
                hygienic!(self.#field)
            }
        };
        hygienic! {
            #[allow(unused_variables, reason = "an expression needs some of them")]
            let #pattern = #value;
        }
    });
    bindings.collect()
}

/// The local that holds the n-th parameter, taken from the event.
pub(crate) fn event_value(index: usize) -> Ident {
    Ident::new(&format!("parameter_{index}"), Span::mixed_site())
}

fn on_last_attempt(handler: &Handler, parameters: &[Parameter], errors: &mut Errors) -> Option<TokenStream> {
    let hook = handler.on_last_attempt.as_ref()?;
    let krate = &handler.krate;
    let private = hygienic!(#krate::__private);
    let (path, fields) = (&hook.path, hook_fields(hook, parameters, errors));
    let (returned, settled, nothing) = (local("returned", path), local("settled", path), method("nothing", path));
    // Errors about what the hook takes and returns stand at its name.
    let called = quote_spanned! {place(path)=>
        let message = <__Source as #private::Messages>::message(record);
        let #returned = #path(message, failure #(, self.#fields)*).await;
        let #settled = #private::Settled(#returned);
        #settled.#nothing();
    };
    Some(hygienic! {
        fn on_last_attempt<'a, 'e: 'a>(
            &'a self,
            record: &'a <__Source as #private::Source>::Record<'e>,
            failure: &#krate::Failure,
        ) -> ::core::option::Option<#private::BoxFuture<'a, ()>> {
            let failure = ::core::clone::Clone::clone(failure);
            ::core::option::Option::Some(::std::boxed::Box::pin(async move {
                #called
            }))
        }
    })
}

fn on_window_end(handler: &Handler, parameters: &[Parameter], errors: &mut Errors) -> Option<TokenStream> {
    let hook = handler.on_window_end.as_ref()?;
    let krate = &handler.krate;
    let private = hygienic!(#krate::__private);
    let (path, fields) = (&hook.path, hook_fields(hook, parameters, errors));
    // Errors about what the hook takes and returns stand at its name.
    let (returned, settle, nothing) = (local("returned", path), method("settle", path), method("nothing", path));
    let settled = local("settled", path);
    let called = quote_spanned! {place(path)=>
        let state = window.into_state()?;
        let #returned = call.guard(#path(state, window #(, self.#fields)*)).await?;
    };
    Some(hygienic! {
        fn on_window_end<'a>(
            &'a self,
            window: #krate::Window<'a>,
            call: &'a #private::Call<'a>,
        ) -> ::core::option::Option<#private::BoxFuture<'a, ::core::result::Result<(), #krate::Failure>>> {
            #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
            use #private::{SettleClassified as _, SettleNothing as _, SettleResult as _, SettleValue as _};
            ::core::option::Option::Some(::std::boxed::Box::pin(async move {
                #called
                let #settled = #private::Settled((&&&#private::Returned::of(&#returned)).#settle(#returned)?);
                ::core::result::Result::Ok(#settled.#nothing())
            }))
        }
    })
}

/// The fields that hold the parameters that a hook asks for by name.
fn hook_fields(hook: &Hook, parameters: &[Parameter], errors: &mut Errors) -> Vec<Ident> {
    hook_fields_from(hook, 0, parameters, errors)
}

/// [`hook_fields`], where so many dependencies of others stand before the function's own.
pub(crate) fn hook_fields_from<'p>(
    hook: &Hook,
    first: usize,
    parameters: impl IntoIterator<Item = &'p Parameter>,
    errors: &mut Errors,
) -> Vec<Ident> {
    let names: Vec<Option<&Ident>> = parameters
        .into_iter()
        .filter_map(|parameter| match parameter {
            Parameter::App { name, .. } => Some(name.as_ref()),
            Parameter::Event(_) => None,
        })
        .collect();
    let field = |wanted: &Ident| {
        let index = names.iter().position(|name| *name == Some(wanted));
        if index.is_none() {
            let names: Vec<String> = names.iter().flatten().map(ToString::to_string).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let there =
                if names.is_empty() { "there is none".to_owned() } else { format!("there are: {}", list(&names)) };
            let message = format!("`{wanted}` is not a by-reference parameter of this handler; {there}");
            errors.at(wanted, Code::HookArgument, message);
        }
        index.map(|index| dependency(first + index))
    };
    hook.parameters.iter().filter_map(field).collect()
}
