//! Routes under a `#[cfg]`.
//!
//! Routes are numbered and held against each other here, where nobody knows which of them will be there. So the module is
//! written twice, once with the condition and once without; the compiler drops one, and the attribute reads the other again.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Path};

use crate::http::items::{Item, Module};
use crate::http::route::{last_word, method};

/// The module with each outcome of the first condition that a route depends on. None if there is no condition.
pub(crate) fn split(attribute: &str, krate: &Path, args: &TokenStream, module: &Module) -> Option<TokenStream> {
    let items = module.items.as_ref()?;
    let condition = items.iter().map(attributes).filter(|attrs| is_routing(attrs)).flatten().find_map(condition)?;
    let attribute = quote::format_ident!("{attribute}");
    let version = |guard: TokenStream, is_met: bool| {
        let kept = items.iter().filter_map(|item| under(item, &condition, is_met));
        let module = module.around(quote!(#(#kept)*));
        quote!(#[cfg(#guard)] #[#krate::#attribute(#args)] #module)
    };
    let (with, without) = (version(condition.clone(), true), version(quote!(not(#condition)), false));
    Some(quote!(#with #without))
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Function(function) => &function.attrs,
        Item::Use(item) => &item.attrs,
        Item::Other(_) => &[],
    }
}

fn is_routing(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .map(last_word)
        .any(|name| method(&name).is_some() || matches!(name.as_str(), "fallback" | "mount"))
}

fn condition(attribute: &Attribute) -> Option<TokenStream> {
    if attribute.path().is_ident("cfg") { attribute.parse_args().ok() } else { None }
}

/// The item, if it is there under this outcome of the condition.
fn under(item: &Item, given: &TokenStream, is_met: bool) -> Option<TokenStream> {
    let given = given.to_string();
    let is_it = |attribute: &Attribute| condition(attribute).is_some_and(|found| found.to_string() == given);
    let attributes = attributes(item);
    if !is_routing(attributes) || !attributes.iter().any(is_it) {
        return Some(item.to_token_stream());
    }
    let attributes = attributes.iter().filter(|attribute| !is_it(attribute));
    is_met.then(|| match item {
        Item::Function(function) => {
            let (vis, sig, body) = (&function.vis, &function.sig, &function.body);
            quote!(#(#attributes)* #vis #sig #body)
        }
        Item::Use(item) => {
            let attrs = attributes.cloned().collect();
            syn::ItemUse { attrs, ..item.clone() }.into_token_stream()
        }
        Item::Other(other) => other.clone(),
    })
}
