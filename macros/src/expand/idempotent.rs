//! `#[idempotent]`: what it adds to a handler, and to a function of its own.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::VisitMut;
use syn::{Expr, FnArg, Pat, Path, Type};

use crate::args::idempotent::{Compat, Given, Idempotent, Key};
use crate::args::{self};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::expand::place;
use crate::signature::{Function, Parameter, impl_trait, returned};

/// The names that expressions know.
pub(crate) fn names(function: &Function) -> Vec<&Ident> {
    function
        .sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(input) => match &*input.pat {
                Pat::Ident(pat) => Some(&pat.ident),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
        .collect()
}

/// The options as a constant, under a scope that a literal or a macro makes.
pub(crate) fn options(idempotent: &Idempotent, krate: &Path, name: &str) -> TokenStream {
    let private = hygienic!(#krate::__private::idempotency);
    let scope = match &idempotent.scope {
        Some(scope) => hygienic!(#scope),
        // Not the module's path: who moves a function changes no key.
        None => hygienic!(::core::concat!(::core::env!("CARGO_PKG_NAME"), "/", #name)),
    };
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
        const __OPTIONS: &#private::Options = &#options;
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

/// The glue; `dependencies` are the fields of what [`needs`] asks for, `bindings` makes the parameters' names mean what
/// they mean in the function.
pub(crate) fn glue(
    idempotent: &Idempotent,
    krate: &Path,
    name: &str,
    dependencies: impl IntoIterator<Item = Ident>,
    bindings: &TokenStream,
) -> Glue {
    let private = hygienic!(#krate::__private::idempotency);
    let mut dependencies = dependencies.into_iter();
    let cache = idempotent.cache;
    let mut fields = vec![hygienic!(idempotency: &'static #private::Guarded)];
    let mut values = vec![hygienic!(idempotency: #private::Guarded::keep(__OPTIONS, #cache))];
    let mut value = |given: &Given| match given {
        Given::Expr(expr) => hygienic!({ #bindings #expr }),
        Given::Init(_) => {
            let field = dependencies.next();
            hygienic!(self.#field)
        }
    };
    let store = match &idempotent.store {
        Some(given) => value(given),
        None => {
            fields.push(hygienic!(store: &'static #krate::idempotency::AnyStore));
            values.push(hygienic!(store: #private::default_store().await?));
            hygienic!(self.store)
        }
    };
    let sealed = idempotent.cipher.as_ref().map(|given| {
        let cipher = value(given);
        hygienic!(.sealed(#cipher))
    });
    let key = match &idempotent.key {
        Key::Expr(expr) => key_of(&private, expr, bindings),
        Key::Natural(word) => quote_spanned!(place(word)=> #private::natural(record)),
    };
    let verify = match &idempotent.verify {
        Some(expr) => {
            let key = key_of(&private, expr, bindings);
            hygienic!(::core::option::Option::Some(#key?))
        }
        None => hygienic!(::core::option::Option::None),
    };
    // An answer that can't be kept is the attribute's error.
    let path = &idempotent.path;
    let entering = quote_spanned! {place(path)=>
        storing.enter::<<__Source as #krate::__private::Source>::Answer>(
            call,
            <__Source as #krate::__private::Source>::name(record),
            key,
            verify,
        )
    };
    let items = options(idempotent, krate, name);
    let enter = hygienic! {
        let key = #key?;
        let verify = #verify;
        let storing = self.idempotency.with(#store)#sealed;
        let mut held = match #entering.await? {
            #private::Entered::Run(held) => held,
            #private::Entered::Replay(answer) => return ::core::result::Result::Ok(answer),
        };
    };
    Glue { items, fields, values, enter }
}

/// The value of an expression, by reference.
fn key_of(private: &TokenStream, expr: &Expr, bindings: &TokenStream) -> TokenStream {
    // Prints parentheses where they are needed.
    let reference = Expr::Reference(syn::ExprReference {
        attrs: Vec::new(),
        and_token: syn::token::And(Span::mixed_site()),
        mutability: None,
        expr: Box::new(expr.clone()),
    });
    hygienic!({
        #bindings
        #private::Key::of(#reference)
    })
}

/// A parameter's pattern, for a value by reference: what it binds are references.
pub(crate) fn pattern(pat: &Pat) -> Pat {
    struct ByReference;

    impl VisitMut for ByReference {
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
pub(crate) fn alone(args: TokenStream, function: &Function) -> TokenStream {
    let mut errors = Errors::default();
    let path: Path = syn::parse_quote_spanned!(function.sig.ident.span()=> idempotent);
    let mut args = args::parse(args, &mut errors);
    companion::unmark(&mut args);
    let is_whole = errors.is_empty();
    let krate = companion::krate(&mut args, &mut errors);
    let idempotent = Idempotent::read(path, args, is_whole, &names(function), &mut errors);
    let output = returned(&function.sig);
    check_alone(function, idempotent.as_ref(), &output, &mut errors);
    let Some(idempotent) = idempotent.filter(|_| errors.is_empty()) else {
        let errors = errors.into_tokens();
        return quote!(#function #errors);
    };

    let private = hygienic!(#krate::__private::idempotency);
    let name = function.sig.ident.to_string();
    let options = options(&idempotent, &krate, &name);
    let cache = idempotent.cache;
    let nothing = TokenStream::new();
    let given = |given: &Given| match given {
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
        Key::Natural(word) => word.to_token_stream(),
    };
    let verify = match &idempotent.verify {
        Some(expr) => {
            let key = key_of(&private, expr, &nothing);
            hygienic!(::core::option::Option::Some(#key))
        }
        None => hygienic!(::core::option::Option::None),
    };
    let Function { attrs, vis, sig, body } = function;
    // Errors about what the function returns stand at its type.
    let run = crate::expand::method("run", &output);
    quote! {
        #(#attrs)*
        #vis #sig
    }
    .into_iter()
    .chain(hygienic! {
        {
            #options
            static __CACHE: #private::Cache = #private::Cache::new(#cache);
            let (key, verify) = (#key, #verify);
            let single = #private::Single::new(#name, __OPTIONS, &__CACHE, #store)#sealed;
            single.#run(key, verify, async {
                #[allow(unreachable_code, clippy::diverging_sub_expression, clippy::needless_return, reason = "says what the body returns")]
                if false {
                    let returned: #output = ::core::unreachable!();
                    return returned;
                }
                #body
            }).await
        }
    })
    .collect()
}

/// What a function has to have if no handler stands behind it.
fn check_alone(function: &Function, idempotent: Option<&Idempotent>, output: &Type, errors: &mut Errors) {
    let sig = &function.sig;
    if sig.asyncness.is_none() {
        let message = format!("`#[idempotent]` goes on an `async fn`: write `async fn {}`", sig.ident);
        errors.at(&sig.fn_token, Code::NotAsync, message);
    }
    if let Some(tokens) = impl_trait(output) {
        let message = "`#[idempotent]` has to name the type that the function returns, so that it can be kept";
        errors.at(&tokens, Code::OnceReturn, message);
    }
    let Some(idempotent) = idempotent else { return };
    if idempotent.lease_ms.is_none() {
        let message = "`#[idempotent]` on a function without `#[handler]` knows no deadline: add `lease = \"30s\"`, the \
                       longest that it may take; then it is stopped, and its key is free again";
        errors.at(&sig.ident, Code::Requires, message);
    }
    if function.takes_self() && idempotent.scope.is_none() {
        let message = "a method of this name may stand in other types too: add `scope = \"…\"`, which keeps the keys of this \
                       one apart";
        errors.at(&sig.ident, Code::Requires, message);
    }
    if let Key::Natural(word) = &idempotent.key {
        errors.at(
            word,
            Code::Requires,
            "`natural` is the key of a handler's record, and there is no `#[handler]` here",
        );
    }
}
