//! `#[init]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Type};

use crate::args::{self, Options, Value};
use crate::companion;
use crate::diag::{Code, Errors};
use crate::expand::{Borrowed, assemble, found, function, local, method};
use crate::signature::{Parameter, halves, impl_trait, returned};

pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let function = match function("#[init]", item) {
        Ok(function) => function,
        Err(tokens) => return tokens,
    };
    let mut errors = Errors::default();
    let parameters = function.check("#[init]", &mut errors);
    refuse_by_value(&parameters, "#[init]", &mut errors);
    let mut args = args::parse(args, &mut errors);
    let krate = companion::krate(&mut args, &mut errors);
    let mut options = Options::new(args, &mut errors);
    let provides = options.take("provides").and_then(|arg| provided_type(&arg.value, &arg.name, &mut errors));
    options.finish(&["provides", "crate"], |_| None, &mut errors);

    let output = returned(&function.sig);
    if let Some(tokens) = impl_trait(&output) {
        let message = "`#[init]` has to name the type that it returns, so that handlers can ask for it; \
                       for a trait write `#[init(provides = dyn Trait)]`";
        errors.at(&tokens, Code::InitReturn, message);
    } else if matches!(function.sig.output, syn::ReturnType::Default) {
        let message = "`#[init]` provides what it returns: add `-> Result<Client, Error>`";
        errors.at(&function.sig.ident, Code::InitReturn, message);
    }

    let glue = if errors.is_empty() {
        glue(&krate, &function.sig.ident, &output, provides.as_ref(), &parameters)
    } else {
        broken(&krate, &function.sig.ident, &output)
    };
    assemble(&function, glue, errors)
}

/// Nothing by value: there is no event yet.
pub(crate) fn refuse_by_value(parameters: &[Parameter], attribute: &str, errors: &mut Errors) {
    for parameter in parameters {
        if let Parameter::Event(ty) = parameter {
            let shown = ty.to_token_stream();
            let message = format!(
                "`{attribute}` runs without an event, so there is nothing to take by value: take `&{shown}` from the app"
            );
            errors.at(ty, Code::InitByValue, message);
        }
    }
}

fn provided_type(value: &Value, name: &Ident, errors: &mut Errors) -> Option<Type> {
    let parsed = match value {
        Value::Tokens(tokens) => syn::parse2(tokens.clone()).ok(),
        Value::Word | Value::Group(_) => None,
    };
    if parsed.is_none() {
        errors.at(name, Code::WrongValue, "`provides` takes a type, as in `provides = dyn Store`");
    }
    parsed
}

fn glue(krate: &Path, ident: &Ident, output: &Type, provides: Option<&Type>, parameters: &[Parameter]) -> TokenStream {
    let private = hygienic!(#krate::__private);
    let borrowed = Borrowed::new(krate, parameters);
    let (bounds, needs, resolve, arguments) =
        (borrowed.bounds(), borrowed.needs(), borrowed.resolve(), borrowed.names());
    let name = ident.to_string();
    let provided = provides.map_or_else(|| value(krate, ident, output), ToTokens::to_token_stream);
    let output_type = output_type(krate, ident, provides.unwrap_or(output), &provided);
    let found = found(ident);
    // Errors about the type stand at the type, those about the error at the error.
    let error = halves(output).1.unwrap_or(output);
    let (looked, must_be_result) = (local("looked", output), method("must_be_result", output));
    let (returned, settle) = (local("returned", error), method("settle", error));
    let kept = local("kept", provides.unwrap_or(output));
    hygienic! {
        #found

        #output_type

        #[automatically_derived]
        impl<__App> #private::InitFn<__App> for #ident
        where
            #bounds
        {
            const NEEDS: &'static #private::Needs = &#private::Needs { name: #name, deps: #needs, reads: &[] };

            fn run(app: &'static __App) -> #private::Resolving<&'static <#ident as #private::InitOutput>::Provided> {
                ::std::boxed::Box::pin(async move {
                    #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
                    use #private::{SettleClassified as _, SettleNothing as _, SettleResult as _, SettleValue as _};
                    #resolve
                    let #returned = #private::catch_init(#name, #ident(#(#arguments),*)).await?;
                    let #looked = #private::Returned::of(&#returned);
                    #looked.#must_be_result();
                    let settled = (&&&#looked).#settle(#returned);
                    let #kept = #private::keep(#private::made(#name, settled)?);
                    let provided: &'static <#ident as #private::InitOutput>::Provided = #kept;
                    ::core::result::Result::Ok(provided)
                })
            }
        }
    }
}

/// What the function provides, as far as its own type says.
fn value(krate: &Path, ident: &Ident, output: &Type) -> TokenStream {
    let private = hygienic!(#krate::__private);
    quote_spanned! {output.span()=>
        <#private::InitValue<{ <#private::Probe<#output>>::IS_RESULT }> as #private::InitReturn<#output, #ident>>::Value
    }
}

/// The function is one, and what it provides.
fn output_type(krate: &Path, ident: &Ident, shown: &Type, provided: &TokenStream) -> TokenStream {
    let private = hygienic!(#krate::__private);
    // A type that is private or can't be shared is reported where it is written.
    let provided = quote_spanned!(shown.span()=> type Provided = #provided;);
    hygienic! {
        #[allow(unused_imports, reason = "which one a type needs is known to the compiler only")]
        use #private::ProbeOther as _;

        impl #private::IsInit for #ident {}

        #[automatically_derived]
        impl #private::InitOutput for #ident {
            #provided
        }
    }
}

/// Stands in for an init function whose attribute is wrong: what it provides is still known.
fn broken(krate: &Path, ident: &Ident, output: &Type) -> TokenStream {
    let private = hygienic!(#krate::__private);
    let provided = match output {
        output if impl_trait(output).is_some() => hygienic!(#ident),
        Type::Tuple(unit) if unit.elems.is_empty() => hygienic!(#ident),
        output => value(krate, ident, output),
    };
    let output_type = output_type(krate, ident, output, &provided);
    let found = found(ident);
    let name = ident.to_string();
    hygienic! {
        #found

        #output_type

        #[automatically_derived]
        impl<__App> #private::InitFn<__App> for #ident {
            const NEEDS: &'static #private::Needs = &#private::Needs { name: #name, deps: &[], reads: &[] };

            fn run(_: &'static __App) -> #private::Resolving<&'static <#ident as #private::InitOutput>::Provided> {
                #private::broken()
            }
        }
    }
}
