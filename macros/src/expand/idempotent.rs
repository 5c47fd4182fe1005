//! `#[idempotent]`: what it adds to a handler, and to a function of its own.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{Expr, FnArg, Pat, Path, Type};

use crate::args::idempotent::{Compat, Given, Idempotent, Key, Place, borrowed};
use crate::args::{self, Arg, Value};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::expand::{local, moved, place};
use crate::signature::{Function, Parameter, halves, impl_trait, reference, returned};

/// The names that expressions know.
pub(crate) fn names(function: &Function) -> Vec<Ident> {
    let inputs = function.sig.inputs.iter();
    inputs
        .flat_map(|input| match input {
            FnArg::Typed(input) => bound(&input.pat),
            FnArg::Receiver(receiver) => vec![Ident::new("self", receiver.self_token.span)],
        })
        .collect()
}

/// The names that a pattern binds.
fn bound(pat: &Pat) -> Vec<Ident> {
    struct Bound(Vec<Ident>);

    impl VisitMut for Bound {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            self.0.push(pat.ident.clone());
            syn::visit_mut::visit_pat_ident_mut(self, pat);
        }
    }

    let mut bound = Bound(Vec::new());
    bound.visit_pat_mut(&mut pat.clone());
    bound.0
}

/// A parameter that only the attribute reads is used all the same.
pub(crate) fn allow_unused(function: &mut Function, args: &[Arg]) {
    for input in &mut function.sig.inputs {
        let FnArg::Typed(input) = input else { continue };
        let names = bound(&input.pat);
        let is_read = |arg: &Arg| matches!(&arg.value, Value::Tokens(tokens) if mentions(tokens.clone(), &names));
        if args.iter().any(is_read) {
            input.attrs.push(syn::parse_quote!(#[allow(unused_variables, reason = "`#[idempotent]` reads it")]));
        }
    }
}

fn mentions(tokens: TokenStream, names: &[Ident]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), names),
        TokenTree::Ident(ident) => names.contains(&ident),
        // In `format!("{id}")`.
        TokenTree::Literal(literal) => {
            let literal = literal.to_string();
            names.iter().any(|name| literal.contains(&format!("{{{name}")))
        }
        TokenTree::Punct(_) => false,
    })
}

/// The scope of a handler that names none: not the module's path, so that moving it changes no key. An app tells its handlers
/// apart by their names; those of mounted routes hold the path, because nothing else does.
fn scope_of_handler(name: &TokenStream) -> TokenStream {
    hygienic!(::core::concat!(::core::env!("CARGO_PKG_NAME"), "/", #name))
}

/// The scope of a function of its own: others of its name may stand in other modules.
fn scope_of_function(name: &str) -> TokenStream {
    hygienic!(::core::concat!(::core::env!("CARGO_PKG_NAME"), "/", ::core::module_path!(), "::", #name))
}

/// The options as a constant.
fn options(idempotent: &Idempotent, krate: &Path, constant: &Ident, scope: TokenStream) -> TokenStream {
    let private = hygienic!(#krate::__private::idempotency);
    let scope = idempotent.scope.as_ref().map_or(scope, |scope| hygienic!(#scope));
    let mut options = hygienic!(#private::Options::new(#scope));
    if let Some(ms) = idempotent.expires_ms {
        options.extend(hygienic!(.expires_ms(#ms)));
    }
    if let Some(ms) = idempotent.lease_ms {
        options.extend(hygienic!(.lease_ms(#ms)));
    }
    if let Some(ms) = idempotent.clock_skew_ms {
        options.extend(hygienic!(.clock_skew_ms(#ms)));
    }
    let flags = [
        (idempotent.waits, "wait"),
        (idempotent.runs_without_key, "run_without_key"),
        (idempotent.runs_without_store, "run_without_store"),
        (idempotent.is_key_only, "key_only"),
        (idempotent.store.is_some(), "own_store"),
        (matches!(idempotent.compat, Some(Compat::PowertoolsPython)), "powertools_python"),
        (matches!(idempotent.compat, Some(Compat::PowertoolsTypescript)), "powertools_typescript"),
    ];
    for (_, method) in flags.into_iter().filter(|(is_set, _)| *is_set) {
        let method = Ident::new(method, Span::mixed_site());
        options.extend(hygienic!(.#method()));
    }
    hygienic! {
        const #constant: &#private::Options = &#options;
    }
}

/// Where the glue stands.
#[derive(Clone, Copy)]
pub(crate) enum Site {
    /// On the one function of a handler.
    Handler,
    /// On the route of this number.
    Route(usize),
}

impl Site {
    /// The constant that holds the options.
    pub(crate) fn options(self) -> Ident {
        self.ident("__OPTIONS")
    }

    fn ident(self, name: &str) -> Ident {
        match self {
            Self::Handler => Ident::new(name, Span::mixed_site()),
            Self::Route(index) => Ident::new(&format!("{name}_{index}"), Span::mixed_site()),
        }
    }
}

/// What a handler gets from its `#[idempotent]`.
#[derive(Default)]
pub(crate) struct Glue {
    /// Items beside the glue.
    pub(crate) items: TokenStream,
    /// Fields of the bound handler, as `name: type`.
    pub(crate) fields: Vec<TokenStream>,
    /// Their values, as `name: value`, where the app is made.
    pub(crate) values: Vec<TokenStream>,
    /// From the parameters to a key that is held, or to the end of the record's future.
    pub(crate) enter: TokenStream,
}

/// By-reference values that the attribute asks the app for, beside the function's own.
pub(crate) fn needs(idempotent: &Idempotent, krate: &Path) -> Vec<Parameter> {
    let provided = |given: &Given| match given {
        Given::Init(function) => {
            let ty = quote_spanned!(place(function)=> <#function as #krate::__private::InitOutput>::Provided);
            Some(Parameter::App { ty: Type::Verbatim(ty), name: None })
        }
        Given::Expr(_) => None,
    };
    [&idempotent.store, &idempotent.cipher].into_iter().flatten().filter_map(provided).collect()
}

/// The glue; `name` is an expression for `concat!`, `dependencies` are the fields of what [`needs`] asks for, `bindings` makes
/// the parameters' names mean what they mean in the function.
pub(crate) fn glue(
    idempotent: &Idempotent,
    krate: &Path,
    name: &TokenStream,
    site: Site,
    dependencies: impl IntoIterator<Item = Ident>,
    bindings: &TokenStream,
) -> Glue {
    let private = hygienic!(#krate::__private::idempotency);
    let constant = site.options();
    let [guarded, stored] = ["idempotency", "store"].map(|name| site.ident(name));
    let mut dependencies = dependencies.into_iter();
    let cache = idempotent.cache;
    let mut fields = vec![hygienic!(#guarded: &'static #private::Guarded)];
    let mut values = vec![hygienic!(#guarded: #private::Guarded::keep(#constant, #cache))];
    let mut value = |given: &Given| match given {
        Given::Expr(expr) => quote_spanned!(place(expr)=> { #bindings #expr }),
        Given::Init(function) => {
            let field = dependencies.next().map(|mut field| {
                field.set_span(place(function));
                field
            });
            quote_spanned!(place(function)=> self.#field)
        }
    };
    let store = match &idempotent.store {
        Some(given) => value(given),
        None => {
            fields.push(hygienic!(#stored: &'static #krate::idempotency::AnyStore));
            values.push(hygienic!(#stored: #private::default_store().await?));
            hygienic!(self.#stored)
        }
    };
    let sealed = idempotent.cipher.as_ref().map(|given| {
        let cipher = value(given);
        hygienic!(.sealed(#cipher))
    });
    let key = match (&idempotent.key, site) {
        (Key::Expr(expr), _) => key_of(&private, expr, bindings),
        (Key::Natural(word), Site::Handler) => quote_spanned!(place(word)=> #private::natural(record)),
        (Key::Natural(word), Site::Route(_)) => quote_spanned!(place(word)=> target.natural_key()),
        // Those of another library are made of the header alone.
        (Key::Header(name), _) if idempotent.compat.is_some() => {
            quote_spanned!(place(name)=> #private::Key::of(&target.key_header(#name)))
        }
        (Key::Header(name), _) => quote_spanned!(place(name)=> target.header_key(#name)),
    };
    let verify = idempotent.verify.as_ref().map(|expr| key_of(&private, expr, bindings));
    let items = options(idempotent, krate, &constant, scope_of_handler(name));
    let storing = hygienic!(self.#guarded.with(#store)#sealed);
    let enter = match site {
        Site::Handler => {
            let verify = match verify {
                Some(key) => hygienic!(::core::option::Option::Some(#key?)),
                None => hygienic!(::core::option::Option::None),
            };
            hygienic! {
                let key = #key?;
                let verify = #verify;
                let storing = #storing;
                let name = <__Source as #krate::__private::Source>::name(record);
                let entered = storing.enter::<<__Source as #krate::__private::Source>::Answer>(call, name, key, verify);
                let mut held = match entered.await? {
                    #private::Entered::Run(held) => held,
                    #private::Entered::Replay(answer) => return ::core::result::Result::Ok(answer),
                };
            }
        }
        Site::Route(_) => {
            let http = hygienic!(#krate::__private::http);
            let verify = match verify {
                Some(key) if idempotent.compat.is_some() => hygienic!(#key.map(::core::option::Option::Some)),
                Some(key) => hygienic!(target.verified(#key).map(::core::option::Option::Some)),
                None if idempotent.compat.is_some() => {
                    hygienic!(::core::result::Result::Ok(::core::option::Option::None))
                }
                None => hygienic!(target.fingerprint().map(::core::option::Option::Some)),
            };
            // Sync, so that what it borrows need not cross the next await.
            hygienic! {
                let (key, verify) = match (#key, #verify) {
                    (::core::result::Result::Ok(key), ::core::result::Result::Ok(verify)) => (key, verify),
                    (::core::result::Result::Err(why), _) | (_, ::core::result::Result::Err(why)) => {
                        return #http::refused(&why, call, #name);
                    }
                };
                let storing = #storing;
                let entered = storing.enter::<#http::Reply>(call, ::core::option::Option::Some(#name), key, verify);
                let mut held = match entered.await {
                    ::core::result::Result::Ok(#private::Entered::Run(held)) => held,
                    ::core::result::Result::Ok(#private::Entered::Replay(reply)) => {
                        return ::core::result::Result::Ok(reply);
                    }
                    ::core::result::Result::Err(why) => return #http::refused(&why, call, #name),
                };
            }
        }
    };
    Glue { items, fields, values, enter }
}

/// The key that an expression's value makes.
fn key_of(private: &TokenStream, expr: &Expr, bindings: &TokenStream) -> TokenStream {
    let key = unbound_key(private, expr);
    quote_spanned!(place(expr)=> { #bindings #key })
}

/// Values are taken by reference. Of a compound key each part is: none of them has to be moved, and errors stand at the
/// part.
fn unbound_key(private: &TokenStream, expr: &Expr) -> TokenStream {
    let there = moved(private, expr);
    match expr {
        Expr::Tuple(tuple) => {
            let parts = tuple.elems.iter().map(|part| unbound_key(private, part));
            quote_spanned!(place(expr)=> #there::Key::compound([#(#parts),*]))
        }
        expr => {
            let value = borrowed(expr.clone());
            quote_spanned!(place(expr)=> #there::Key::of(#value))
        }
    }
}

/// A parameter's pattern, for a value by reference: what it binds are references.
pub(crate) fn pattern(pat: &Pat) -> Pat {
    struct ByReference;

    impl VisitMut for ByReference {
        fn visit_pat_mut(&mut self, pat: &mut Pat) {
            // `&name` would take the value out.
            while let Pat::Reference(reference) = pat {
                *pat = (*reference.pat).clone();
            }
            syn::visit_mut::visit_pat_mut(self, pat);
        }

        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            pat.mutability = None;
            pat.by_ref = None;
            syn::visit_mut::visit_pat_ident_mut(self, pat);
        }
    }

    let mut pat = pat.clone();
    ByReference.visit_pat_mut(&mut pat);
    pat
}

/// A function with `#[idempotent]` and nothing else of lambkin's: its body is run at most once for a key.
pub(crate) fn alone(args: TokenStream, mut function: Function) -> TokenStream {
    let mut errors = Errors::default();
    let path: Path = syn::parse_quote_spanned!(function.sig.ident.span()=> idempotent);
    let mut args = args::parse(args, &mut errors);
    companion::unmark(&mut args);
    let is_whole = errors.is_empty();
    let krate = companion::krate(&mut args, &mut errors);
    allow_unused(&mut function, &args);
    let idempotent = Idempotent::read(&path, args, is_whole, Place::Alone, &names(&function), &mut errors);
    let output = returned(&function.sig);
    check_alone(&function, idempotent.as_ref(), &output, &mut errors);
    let Some(idempotent) = idempotent.filter(|_| errors.is_empty()) else {
        let errors = errors.into_tokens();
        return quote!(#function #errors);
    };

    let private = hygienic!(#krate::__private::idempotency);
    let name = function.sig.ident.unraw().to_string();
    let constant = Site::Handler.options();
    let options = options(&idempotent, &krate, &constant, scope_of_function(&name));
    let nothing = TokenStream::new();
    let given = |given: &Given| match given {
        // A parameter may hold the store itself.
        Given::Expr(expr @ Expr::Path(_)) => borrowed(expr.clone()).into_token_stream(),
        Given::Expr(expr) => expr.to_token_stream(),
        Given::Init(path) => path.to_token_stream(),
    };
    let store = idempotent.store.as_ref().map(given);
    let sealed = idempotent.cipher.as_ref().map(|cipher| {
        let cipher = given(cipher);
        hygienic!(.sealed(#cipher))
    });
    let key = match &idempotent.key {
        Key::Expr(expr) => key_of(&private, expr, &nothing),
        // Refused above, or never read without HTTP.
        Key::Natural(word) => word.to_token_stream(),
        Key::Header(name) => name.to_token_stream(),
    };
    let verify = match &idempotent.verify {
        Some(expr) => {
            let key = key_of(&private, expr, &nothing);
            hygienic!(::core::option::Option::Some(#key))
        }
        None => hygienic!(::core::option::Option::None),
    };
    let Function { attrs, vis, sig, body } = function;
    let body = hygienic! {
        async {
            #[allow(unreachable_code, clippy::diverging_sub_expression, clippy::needless_return, reason = "says what the body returns")]
            if false {
                let returned: #output = ::core::unreachable!();
                return returned;
            }
            #body
        }
    };
    // Errors about what the function returns stand at its type.
    let [single, key_name, verify_name] = ["single", "key", "verify"].map(|name| local(name, &output));
    let run = quote_spanned!(output.span()=> #single.run(#key_name, #verify_name, #body).await);
    let body = hygienic! {
        #options
        let (#key_name, #verify_name) = (#key, #verify);
        let #single = #private::Single::new(#name, #constant, #store)#sealed;
        #run
    };
    quote! {
        #(#attrs)*
        #vis #sig { #body }
    }
}

/// What a function has to have if no handler stands behind it.
fn check_alone(function: &Function, idempotent: Option<&Idempotent>, output: &Type, errors: &mut Errors) {
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        let message = format!("`#[idempotent]` goes on an `async fn`: write `async fn {}`", sig.ident);
        errors.at(&sig.fn_token, Code::NotAsync, message);
    }
    // One that is not async may return a future.
    if let (true, Some(tokens)) = (sig.asyncness.is_some(), impl_trait(output)) {
        let message = "`#[idempotent]` has to name the type that the function returns, so that it can be kept";
        errors.at(&tokens, Code::OnceReturn, message);
    }
    if let (Some(value), _) = halves(output)
        && let Some(reference) = reference(value)
    {
        let message = "the result of an earlier run is read from the store, so it owns what it holds: return a `String` \
                       instead of a `&str`, for example";
        errors.at(&reference, Code::OnceReturn, message);
    }
    let Some(idempotent) = idempotent else { return };
    if idempotent.lease_ms.is_none() {
        let message = "`#[idempotent]` on a function without `#[handler]` knows no deadline: add `lease = \"30s\"`, the \
                       longest that it may take; then it is stopped, and its key is free again. Where there is a handler, `#[idempotent]` \
                       under another name has to stand above it";
        errors.at(&sig.ident, Code::Requires, message);
    }
    if idempotent.cache > 0 {
        let message = "`cache` goes with a `#[handler]`: here each call may bring another store, which knows nothing of what a \
                       cache holds";
        errors.at(&sig.ident, Code::MisplacedOption, message);
    }
    if function.takes_self() && idempotent.scope.is_none() {
        let message = "a method of this name may stand in other types too: add `scope = \"…\"`, which keeps the keys of this \
                       one apart";
        errors.at(&sig.ident, Code::Requires, message);
    }
    for given in [&idempotent.store, &idempotent.cipher].into_iter().flatten() {
        if let Given::Init(path) = given {
            let message = format!(
                "`{}` is no parameter of this function, and without `#[handler]` there is no app that an `#[init]` function \
                 could make it for: take it by reference",
                path.to_token_stream()
            );
            errors.at(path, Code::WrongValue, message);
        }
    }
    if let Key::Natural(word) = &idempotent.key {
        errors.at(
            word,
            Code::Requires,
            "`natural` is the key of a handler's record, and there is no `#[handler]` here",
        );
    }
}
