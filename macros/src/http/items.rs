//! The items of a module: its functions with attributes are understood, all else is passed on as it is.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{AttrStyle, Attribute, Ident, Token, Visibility};

use crate::signature::Function;

/// A module with its items.
pub(crate) struct Module {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) mod_token: Token![mod],
    pub(crate) ident: Ident,
    /// The items; none where the module stands in a file of its own.
    pub(crate) items: Option<Vec<Item>>,
}

/// An item.
#[allow(clippy::large_enum_variant, reason = "there are a few of them, for a moment")]
pub(crate) enum Item {
    /// A function.
    Function(Function),
    /// A `use`.
    Use(syn::ItemUse),
    /// Anything else.
    Other(TokenStream),
}

impl Parse for Module {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let mod_token = input.parse()?;
        let ident = input.parse()?;
        if input.parse::<Option<Token![;]>>()?.is_some() {
            return Ok(Self { attrs, vis, mod_token, ident, items: None });
        }
        let inside;
        syn::braced!(inside in input);
        let mut attrs = attrs;
        attrs.extend(inside.call(Attribute::parse_inner)?);
        let rest: TokenStream = inside.parse()?;
        let items = cut(rest).into_iter().map(item).collect();
        Ok(Self { attrs, vis, mod_token, ident, items: Some(items) })
    }
}

impl Module {
    /// The module with this inside.
    pub(crate) fn around(&self, inside: TokenStream) -> TokenStream {
        let Self { attrs, vis, mod_token, ident, .. } = self;
        let is_outer = |attr: &&Attribute| matches!(attr.style, AttrStyle::Outer);
        let (outer, inner): (Vec<_>, Vec<_>) = attrs.iter().partition(is_outer);
        quote! {
            #(#outer)*
            #vis #mod_token #ident {
                #(#inner)*
                #inside
            }
        }
    }
}

/// Whether an item is a module.
pub(crate) fn is_module(item: &TokenStream) -> bool {
    let head = crate::expand::head(item);
    matches!(head.into_iter().next(), Some(TokenTree::Ident(word)) if word == "mod")
}

fn item(tokens: TokenStream) -> Item {
    let first = |tokens: &TokenStream| {
        let mut words = without_attributes(tokens).into_iter().filter_map(|token| match token {
            TokenTree::Ident(word) => Some(word.to_string()),
            _ => None,
        });
        words.find(|word| {
            !matches!(word.as_str(), "pub" | "crate" | "async" | "const" | "unsafe" | "extern" | "default")
        })
    };
    match first(&tokens).as_deref() {
        Some("fn") => match syn::parse2(tokens.clone()) {
            Ok(function) => Item::Function(function),
            Err(_) => Item::Other(tokens),
        },
        Some("use") => match syn::parse2(tokens.clone()) {
            Ok(found) => Item::Use(found),
            Err(_) => Item::Other(tokens),
        },
        _ => Item::Other(tokens),
    }
}

/// What follows an item's attributes and visibility.
fn without_attributes(tokens: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut index = 0;
    while let [TokenTree::Punct(punct), TokenTree::Group(_), ..] = tokens.get(index..).unwrap_or_default()
        && punct.as_char() == '#'
    {
        index += 2;
    }
    tokens.get(index..).unwrap_or_default().iter().cloned().collect()
}

/// Cuts the inside of a module into its items, without understanding them: half-written code must not take the others
/// away.
fn cut(tokens: TokenStream) -> Vec<TokenStream> {
    let mut items = Vec::new();
    let mut item: Vec<TokenTree> = Vec::new();
    // Of a `const`, a `static` or a `use` the `;` is the end, whatever braces come before.
    let mut ends_with_semicolon = false;
    let mut left: Vec<TokenTree> = reversed(tokens);
    while let Some(token) = left.pop() {
        // A `macro_rules!` puts an invisible group around an item that it was given.
        if let TokenTree::Group(group) = &token
            && group.delimiter() == Delimiter::None
            && item.iter().all(is_of_attribute)
        {
            left.extend(reversed(group.stream()));
            continue;
        }
        if let TokenTree::Ident(word) = &token
            && !item.iter().any(|token| matches!(token, TokenTree::Ident(word) if is_keyword(&word.to_string())))
        {
            let word = word.to_string();
            ends_with_semicolon = matches!(word.as_str(), "use" | "const" | "static" | "type" | "let");
        }
        // A function may be `const`.
        if matches!(&token, TokenTree::Ident(word) if word == "fn") {
            ends_with_semicolon = false;
        }
        let is_end = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !ends_with_semicolon,
            _ => false,
        };
        item.push(token);
        if is_end {
            items.push(std::mem::take(&mut item).into_iter().collect());
            ends_with_semicolon = false;
        }
    }
    if !item.is_empty() {
        items.push(item.into_iter().collect());
    }
    items
}

fn reversed(tokens: TokenStream) -> Vec<TokenTree> {
    let mut tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.reverse();
    tokens
}

/// Whether a token before an item's first word may belong to an attribute.
fn is_of_attribute(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(punct) => punct.as_char() == '#',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Bracket,
        _ => false,
    }
}

fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "use"
            | "const"
            | "static"
            | "type"
            | "let"
            | "fn"
            | "struct"
            | "enum"
            | "union"
            | "trait"
            | "impl"
            | "mod"
            | "macro_rules"
    )
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Function(function) => function.to_tokens(tokens),
            Self::Use(found) => found.to_tokens(tokens),
            Self::Other(other) => tokens.extend(other.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_cut_into_its_items() {
        let module: Module = syn::parse2(quote! {
            /// Docs.
            pub(crate) mod api {
                #![allow(dead_code)]
                use super::{a, b};
                const N: [u8; { 1 + 1 }] = [1, 2];
                static S: S = S { a: 1 };
                struct Unit;
                struct Tuple(u8);
                #[get("/")]
                pub(crate) async fn home(x: u8) -> Result<(), E> { half written }
                impl Tuple { fn f(&self) {} }
                const fn c() -> u8 { 1 }
                macro_rules! m { () => {} }
                m!();
                type T = u8;
                unsafe extern "C" { fn puts(); }
            }
        })
        .unwrap();
        let items = module.items.unwrap();
        let kinds: Vec<&str> = items
            .iter()
            .map(|item| match item {
                Item::Function(_) => "fn",
                Item::Use(_) => "use",
                Item::Other(_) => "other",
            })
            .collect();
        let expected =
            ["use", "other", "other", "other", "other", "fn", "other", "fn", "other", "other", "other", "other"];
        assert_eq!(kinds, expected);
        assert_eq!(module.attrs.len(), 2);
    }
}
