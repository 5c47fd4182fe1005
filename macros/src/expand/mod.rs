//! From checked attributes to code. Generated code is straight lines of calls into the runtime; what
//! deserves a test stands there.

/// Generated code whose locals can't meet the user's names: a handler may be called `record`.
macro_rules! hygienic {
    ($($code:tt)*) => {
        ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($code)*)
    };
}

pub(crate) use hygienic;

pub(crate) mod config;
pub(crate) mod handler;
pub(crate) mod http_error;
pub(crate) mod idempotent;
pub(crate) mod init;
pub(crate) mod metrics;
pub(crate) mod shutdown;
pub(crate) mod wiring;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;
use syn::spanned::Spanned;

use crate::diag::{Code, Errors};
use crate::signature::{Function, Parameter};

/// The item as a function; what is none gets an error and stays as it is.
pub(crate) fn function(attribute: &str, item: TokenStream) -> Result<Function, TokenStream> {
    syn::parse2::<Function>(item.clone()).map_err(|_| {
        let mut errors = Errors::default();
        errors.at(&head(&item), Code::NotAFunction, format_args!("`{attribute}` goes on an `async fn` with a body"));
        let errors = errors.into_tokens();
        quote!(#item #errors)
    })
}

/// The first words of an item, without its attributes and its visibility: `struct Order`.
pub(crate) fn head(item: &TokenStream) -> TokenStream {
    let is_word = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word != "pub");
    item.clone().into_iter().skip_while(|token| !is_word(token)).take(2).collect()
}

/// Where a token stands, with the names of generated code: they must mean the same when a
/// `macro_rules!` wrote the token.
pub(crate) fn place(tokens: &impl Spanned) -> Span {
    Span::mixed_site().located_at(tokens.span())
}

/// A method's name that stands where the tokens do: errors about the method's bounds are reported there.
pub(crate) fn method(name: &str, at: &impl Spanned) -> Ident {
    Ident::new(name, at.span())
}

/// A local that stands where the tokens do: the compiler blames an argument for a method's bounds, if both
/// seem to be the user's. So this one is not hygienic, and has a name that nobody takes.
pub(crate) fn local(name: &str, at: &impl Spanned) -> Ident {
    Ident::new(&format!("__lambkin_{name}"), at.span())
}

/// The same tokens at another place.
pub(crate) fn moved(tokens: &TokenStream, at: &impl Spanned) -> TokenStream {
    let to = at.span();
    let there = |mut token: TokenTree| {
        token.set_span(token.span().located_at(to));
        token
    };
    tokens.clone().into_iter().map(there).collect()
}

/// The value by which `main!` finds a function's glue, in whichever list it stands.
pub(crate) fn found(ident: &Ident) -> TokenStream {
    quote! {
        impl #ident {
            #[doc(hidden)]
            #[allow(dead_code, reason = "`main!` may not name it")]
            pub const __LAMBKIN: #ident = #ident {};
        }
    }
}

/// The type that carries a function's glue, in the type namespace under the function's own name.
pub(crate) fn companion_type(function: &Function) -> TokenStream {
    let Function { vis, sig, attrs, .. } = function;
    let ident = &sig.ident;
    // What removes the function removes its glue.
    let cfgs = attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, unreachable_pub, reason = "named after the function it stands for")]
        #vis struct #ident {}
    }
}

/// The by-reference parameters: what the app has to provide.
pub(crate) struct Borrowed<'f> {
    krate: &'f Path,
    types: Vec<&'f syn::Type>,
}

impl<'f> Borrowed<'f> {
    pub(crate) fn new(krate: &'f Path, parameters: impl IntoIterator<Item = &'f Parameter>) -> Self {
        let types = parameters.into_iter().filter_map(|parameter| match parameter {
            Parameter::App { ty, .. } => Some(ty),
            Parameter::Event(_) => None,
        });
        Self { krate, types: types.collect() }
    }

    pub(crate) fn types(&self) -> &[&'f syn::Type] {
        &self.types
    }

    /// The types of the fields that hold them.
    pub(crate) fn references(&self) -> Vec<TokenStream> {
        let reference = |ty: &&syn::Type| match ty {
            // `&dyn Trait + Send` would be ambiguous.
            syn::Type::TraitObject(object) if object.bounds.len() > 1 => quote!(&'static (#ty)),
            ty => quote!(&'static #ty),
        };
        self.types.iter().map(reference).collect()
    }

    /// A local or field per dependency.
    pub(crate) fn names(&self) -> Vec<Ident> {
        (0..self.types.len()).map(dependency).collect()
    }

    /// What an app has to be; each bound stands at the parameter's type.
    pub(crate) fn bounds(&self) -> TokenStream {
        let krate = self.krate;
        let bounds = self.types.iter().map(|ty| quote_spanned!(ty.span()=> #krate::__private::Provide<#ty>));
        quote!(__App: ::core::marker::Sync + 'static #(+ #bounds)*)
    }

    /// What it is made of, for the manifest and for finding cycles.
    pub(crate) fn needs(&self) -> TokenStream {
        let (krate, types) = (self.krate, &self.types);
        hygienic!(&[#(<__App as #krate::__private::Provide<#types>>::NEEDS),*])
    }

    /// Makes all of it at the same time, then takes each.
    pub(crate) fn resolve(&self) -> TokenStream {
        let krate = self.krate;
        if self.types.is_empty() {
            return hygienic!(let _ = app;);
        }
        let (begun, taken) = (self.begun(), self.taken());
        hygienic! {
            #krate::__private::init_all(::std::vec![#(#begun),*]).await?;
            #taken
        }
    }

    /// Each of it on its way.
    pub(crate) fn begun(&self) -> Vec<TokenStream> {
        let krate = self.krate;
        self.types.iter().map(|ty| hygienic!(#krate::__private::begin::<__App, #ty>(app))).collect()
    }

    /// Takes each, where all of it is made.
    pub(crate) fn taken(&self) -> TokenStream {
        let (krate, types, names) = (self.krate, &self.types, self.names());
        hygienic!(#(let #names = #krate::__private::provided::<__App, #types>(app)?;)*)
    }
}

/// The name of the n-th dependency in generated code.
pub(crate) fn dependency(index: usize) -> Ident {
    Ident::new(&format!("dependency_{index}"), Span::mixed_site())
}

/// The function, its glue and the errors, in this order: the function stays what it was.
pub(crate) fn assemble(function: &Function, glue: TokenStream, errors: Errors) -> TokenStream {
    let mut tokens = function.to_token_stream();
    if function.takes_self() {
        // It stands in an `impl`, where neither types nor constants go.
        tokens.extend(errors.into_tokens());
        return tokens;
    }
    let cfgs = function.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    tokens.extend(companion_type(function));
    tokens.extend(quote!(#(#cfgs)* const _: () = { #glue };));
    tokens.extend(errors.into_tokens());
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Under a renamed dependency nothing may say `::lambkin`.
    #[test]
    fn generated_code_uses_the_crates_given_path() {
        let function = quote!(
            async fn f(order: Order, ledger: &Ledger) -> Result<(), Error> {}
        );
        let deadline = quote!(#[deadline(margin = "1s", on_exceeded = h(ledger), crate = ::renamed)]);
        let args = quote!(sqs(max_receive_count = 3), on_last_attempt = h(ledger), crate = ::renamed);
        let plain = quote!(
            async fn f(ledger: &Ledger) -> Result<Stock, Error> {}
        );
        let once = quote!(#[idempotent(key = (order.id, 1), verify = order, store = ledger.records, cipher = keys, crate = ::renamed)]);
        let alone =
            quote!(key = (order, 1), verify = order, store = ledger, cipher = &c, lease = "1s", crate = ::renamed);
        let error = quote! {
            #[http_error(crate = ::renamed)]
            enum Failed<T> {
                #[status(503, kind = "a:b", title = "Busy", retry_after = "30s")]
                Busy,
                #[status(transparent)]
                Inner(T),
                #[status(200)]
                Wrong,
            }
        };
        let routes = quote! {
            mod api {
                #[get("/{id}", cors("https://a.b", credentials = true, methods = ["GET"], max_age = "1h"))]
                #deadline
                async fn show(
                    id: u64, #[query(default)] page: u32, #[header] tenant: &str, #[cookie] session: &str, cx: Context,
                    ledger: &Ledger,
                ) -> Result<Json<User>, Error> {}
                #[post("/")]
                #[idempotent(key = header("idempotency-key"), store = ledger.records, crate = ::renamed)]
                async fn create(#[body] order: Order, ledger: &Ledger) {}
                #[mount("/users")]
                pub use super::users;
                #[mount("/old")]
                async fn old(ledger: &Ledger) -> Result<Router, Error> {}
                #[fallback]
                async fn missing() -> StatusCode {}
            }
        };
        let mountable = quote! {
            mod users {
                #[any("/{*path}")]
                async fn all(path: &str) -> String {}
            }
        };
        let conditional = quote! {
            mod users {
                #[cfg(unix)]
                #[get("/")]
                async fn all() -> String {}
            }
        };
        let code = crate::http::expand::module(quote!(http, crate = ::renamed), routes.clone());
        assert!(!code.to_string().contains("compile_error"), "nothing is looked at but the error: {code}");
        let of_all = quote!(
            async fn f(#[body] order: Order, ledger: &Ledger) -> Response {}
        );
        for code in [
            handler::expand(quote!(sqs, crate = ::renamed), quote!(#once #function)),
            handler::expand(
                quote!(sqs, crate = ::renamed),
                quote!(#[idempotent(key = natural, crate = ::renamed)] #function),
            ),
            crate::companion::expand("idempotent", alone.clone(), function.clone()),
            crate::companion::expand("idempotent", alone, quote!(#[other] #function)),
            handler::expand(args, quote!(#deadline #function)),
            handler::expand(quote!(sqs, wrong = 1, crate = ::renamed), function.clone()),
            crate::companion::expand("deadline", quote!(margin = "1s", crate = ::renamed), quote!(#[other] #function)),
            init::expand(quote!(crate = ::renamed), plain.clone()),
            init::expand(quote!(wrong, crate = ::renamed), plain.clone()),
            shutdown::expand(quote!(crate = ::renamed), plain),
            http_error::derive(error.clone()),
            crate::http::expand::module(quote!(http(cors = "*"), crate = ::renamed), routes.clone()),
            crate::http::expand::module(quote!(http, wrong = 1, crate = ::renamed), routes.clone()),
            crate::http::expand::routes(quote!("/v1", crate = ::renamed), mountable.clone()),
            crate::http::expand::routes(quote!("v1", crate = ::renamed), mountable),
            crate::http::expand::routes(quote!("/v1", crate = ::renamed), conditional.clone()),
            crate::http::expand::module(quote!(http, crate = ::renamed), conditional),
            handler::expand(quote!(http, crate = ::renamed), quote!(#deadline #of_all)),
            handler::expand(
                quote!(http, crate = ::renamed),
                quote!(
                    async fn f(ledger: &Ledger) -> Router {}
                ),
            ),
            wiring::main(quote!(crate: ::renamed, init: [a], handlers: [b, c], shutdown: [d])),
        ] {
            // Codes of errors are named after the project, whatever the dependency is called.
            let code = code.to_string().replace("lambkin::E0", "");
            assert!(code.contains("renamed") && !code.contains(":: lambkin"), "{code}");
        }
    }

    /// An editor goes on knowing it.
    #[test]
    fn a_function_stays_under_a_wrong_attribute() {
        let function = quote!(
            pub async fn f(order: Order) -> Result<(), Error> { half written }
        );
        for args in [
            quote!(),
            quote!(key),
            quote!(key = ),
            quote!(key = order.),
            quote!(key = "order"),
            quote!(wrong = 1),
            quote!(key = order, store =),
            quote!(key = order, store = store),
        ] {
            let moved = quote!(#[handler(sqs)] #function);
            for code in [
                crate::companion::expand("idempotent", args.clone(), function.clone()),
                crate::companion::expand("idempotent", quote!(store, #args), function.clone()),
                handler::expand(quote!(sqs), quote!(#[idempotent(wrong, #args)] #function)),
            ] {
                let code = code.to_string();
                assert!(code.contains("pub async fn f") && code.contains("{ half written }"), "{code}");
                assert!(code.contains("compile_error"), "{code}");
            }
            // The handler's to report.
            let code = crate::companion::expand("idempotent", args, moved).to_string();
            assert!(code.contains("pub async fn f") && !code.contains("compile_error"), "{code}");
        }
    }

    #[test]
    fn a_parameter_of_the_attribute_alone_counts_as_used() {
        let function = quote!(
            async fn f(order: Order, cx: Context, other: Other) -> Result<(), Error> {}
        );
        let once = quote!(#[idempotent(key = format!("{order}"), verify = cx.request_id())]);
        let code = handler::expand(quote!(sqs), quote!(#once #function)).to_string();
        let allowed = "# [allow (unused_variables , reason = \"`#[idempotent]` reads it\")] ";
        for (name, is_used) in [("order : Order", true), ("cx : Context", true), ("other : Other", false)] {
            assert_eq!(code.contains(&format!("{allowed}{name}")), is_used, "{name} in {code}");
        }
    }

    #[test]
    fn a_method_gets_nothing_beside_it() {
        let code = handler::expand(
            quote!(sqs),
            quote!(
                async fn f(&self) {}
            ),
        )
        .to_string();
        assert!(code.contains("E003") && !code.contains("struct"), "{code}");
    }

    #[test]
    fn an_item_is_pointed_at_by_its_first_words() {
        let item = quote!(
            #[derive(Debug)]
            pub(crate) struct Order {
                id: u64,
            }
        );
        assert_eq!(head(&item).to_string(), "struct Order");
        assert_eq!(
            head(&quote!(
                pub mod api {}
            ))
            .to_string(),
            "mod api"
        );
    }
}
