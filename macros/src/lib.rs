//! The attribute macros of lambkin. Depend on the crate `lambkin`, which re-exports them.
//!
//! An entry point parses, validates and expands, and adds the errors: [`args`] turns raw arguments into
//! checked ones, [`signature`] understands the function, [`expand`] generates code, [`diag`] words errors.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test fails by panicking"
    )
)]

mod args;
mod companion;
mod diag;
mod expand;
mod signature;
mod source;

use proc_macro::TokenStream;

/// TODO
#[proc_macro_attribute]
pub fn handler(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::handler::expand(args.into(), item.into()).into()
}

/// TODO
#[proc_macro_attribute]
pub fn deadline(args: TokenStream, item: TokenStream) -> TokenStream {
    companion::expand("deadline", args.into(), item.into()).into()
}

/// TODO
#[proc_macro_attribute]
pub fn init(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::init::expand(args.into(), item.into()).into()
}

/// TODO
#[proc_macro_attribute]
pub fn shutdown(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::shutdown::expand(args.into(), item.into()).into()
}

/// TODO
#[proc_macro]
pub fn main(input: TokenStream) -> TokenStream {
    expand::wiring::main(input.into()).into()
}

/// TODO
#[proc_macro]
pub fn app(input: TokenStream) -> TokenStream {
    expand::wiring::public(input.into()).into()
}
