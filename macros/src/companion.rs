//! Attributes that `#[handler]` reads, in whatever order they stand.
//!
//! One that is expanded before the handler moves itself below all other attributes, marked as moved; the
//! handler, when its turn comes, takes away every companion that it finds. One that is expanded though it
//! was moved has met no handler.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Meta, Path};

use crate::args::{self, Arg, Value};
use crate::diag::{Code, Errors};
use crate::expand::{self, head};
use crate::http::items::Module;
use crate::signature::Function;

const MOVED: &str = "__moved";

/// Expands a companion that no handler has taken yet.
pub(crate) fn expand(name: &str, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if let Ok(mut module) = syn::parse2::<Module>(item.clone())
        && let Some(items) = module.items.take()
        && !is_moved(&args)
        && module.attrs.iter().any(|attribute| matches!(attribute.style, syn::AttrStyle::Outer))
    {
        module.attrs.push(moved(name, &args));
        return module.around(quote!(#(#items)*));
    }
    let Ok(mut function) = syn::parse2::<Function>(item.clone()) else {
        errors.at(
            &head(&item),
            Code::NotAFunction,
            format_args!(
                "`#[{name}]` goes on an `async fn` with `#[handler(…)]`, or on a module with `#[handler(http)]`"
            ),
        );
        let errors = errors.into_tokens();
        return quote!(#item #errors);
    };
    let is_moved = is_moved(&args);
    let is_last = is_moved || function.attrs.is_empty();
    if is_last && let Some((path, args)) = take(&mut function, name, &mut Errors::default()) {
        expand::idempotent::allow_unused(&mut function, &args);
        errors.at(&path, Code::RepeatedAttribute, format_args!("`#[{name}]` is there twice: remove one"));
        let errors = errors.into_tokens();
        return quote!(#function #errors);
    }
    if is_last && name == "idempotent" && names_store(&args) {
        return expand::idempotent::alone(args, function);
    }
    if is_last {
        let alone = match name {
            "idempotent" => "alone it needs a store and a lease: `store = &…, lease = \"30s\"`",
            _ => "alone it does nothing",
        };
        let message = format!(
            "`#[{name}]` has met no `#[handler(…)]` on this function, and {alone}; where it is imported under another \
             name, it has to stand above the handler"
        );
        errors.at(&function.sig.ident, Code::LonelyCompanion, message);
        let errors = errors.into_tokens();
        return quote!(#function #errors);
    }
    function.attrs.push(moved(name, &args));
    function.into_token_stream()
}

/// The attribute, marked as moved. Its mistakes are the handler's to report; here only the way back to this crate matters.
fn moved(name: &str, args: &TokenStream) -> Attribute {
    let krate = krate(&mut args::parse(args.clone(), &mut Errors::default()), &mut Errors::default());
    let moved = quote::format_ident!("{MOVED}");
    let attribute = quote::format_ident!("{name}");
    syn::parse_quote!(#[#krate::#attribute(#moved, #args)])
}

fn is_moved(args: &TokenStream) -> bool {
    matches!(args.clone().into_iter().next(), Some(proc_macro2::TokenTree::Ident(first)) if first == MOVED)
}

/// Whether the arguments name a store, so that there is something to do without a handler.
fn names_store(args: &TokenStream) -> bool {
    args::parse(args.clone(), &mut Errors::default()).iter().any(|arg| arg.name == "store")
}

/// Takes the mark of a moved attribute off its arguments.
pub(crate) fn unmark(args: &mut Vec<Arg>) {
    args.retain(|arg| !(arg.name == MOVED && matches!(arg.value, Value::Word)));
}

/// Takes a companion's attribute off the function: its path, and its arguments without the mark.
pub(crate) fn take(function: &mut Function, name: &str, errors: &mut Errors) -> Option<(Path, Vec<Arg>)> {
    let is_it = |attribute: &Attribute| attribute.path().segments.last().is_some_and(|last| last.ident == name);
    let (found, others): (Vec<_>, Vec<_>) = std::mem::take(&mut function.attrs).into_iter().partition(is_it);
    function.attrs = others;
    let mut found = found.into_iter();
    let attribute = found.next()?;
    for repeated in found {
        errors.at(repeated.path(), Code::RepeatedAttribute, format_args!("`#[{name}]` is there twice: remove one"));
    }
    let path = attribute.path().clone();
    let args = match attribute.meta {
        Meta::List(list) => {
            let mut args = args::parse(list.tokens, errors);
            unmark(&mut args);
            args
        }
        Meta::Path(_) => Vec::new(),
        Meta::NameValue(pair) => {
            errors.at(&pair, Code::WrongValue, format_args!("write `#[{name}(…)]`"));
            Vec::new()
        }
    };
    Some((path, args))
}

/// The path of this crate: `crate = ::path`, else `::lambkin`.
pub(crate) fn krate(args: &mut Vec<Arg>, errors: &mut Errors) -> Path {
    let given = args.iter().position(|arg| arg.name == "crate").map(|index| args.remove(index));
    let path = given.and_then(|arg| arg.path(errors));
    path.unwrap_or_else(|| syn::parse_quote!(::lambkin))
}
