//! `#[shutdown]`.

use proc_macro2::TokenStream;

use crate::args::{self, Options};
use crate::companion;
use crate::diag::Errors;
use crate::expand::init::refuse_by_value;
use crate::expand::{Borrowed, assemble, found, function, local, method};
use crate::signature::returned;

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let function = match function("#[shutdown]", item) {
        Ok(function) => function,
        Err(tokens) => return tokens,
    };
    let mut errors = Errors::default();
    let parameters = function.check("#[shutdown]", &mut errors);
    refuse_by_value(&parameters, "#[shutdown]", &mut errors);
    let mut args = args::parse(args, &mut errors);
    let krate = companion::krate(&mut args, &mut errors);
    Options::new(args, &mut errors).finish(&["crate"], |_| None, &mut errors);

    let private = hygienic!(#krate::__private);
    let ident = &function.sig.ident;
    let name = ident.to_string();
    let borrowed = Borrowed::new(&krate, &parameters);
    let (bounds, types, names) = (borrowed.bounds(), borrowed.types(), borrowed.names());
    // Errors about what it returns stand at the type.
    let output = returned(&function.sig);
    let (ended, log) = (local("ended", &output), method("log", &output));
    let (bounds, body) = if errors.is_empty() {
        let body = hygienic! {
            // What was not made needs no goodbye.
            #(let ::core::option::Option::Some(#names) = <__App as #private::Provide<#types>>::slot(app).get() else {
                return;
            };)*
            let _ = app;
            let #ended = #private::catch_shutdown(#ident(#(#names),*)).await;
            #ended.#log(#name);
        };
        (bounds, body)
    } else {
        (hygienic!(__App: ::core::marker::Sync + 'static), hygienic!(let _ = app;))
    };
    let found = found(ident);
    let glue = hygienic! {
        #found

        impl #private::NotInit for #ident {}

        #[automatically_derived]
        impl<__App> #private::ShutdownFn<__App> for #ident
        where
            #bounds
        {
            fn run(app: &'static __App) -> #private::BoxFuture<'static, ()> {
                ::std::boxed::Box::pin(async move { #body })
            }
        }
    };
    assemble(&function, glue, errors)
}
