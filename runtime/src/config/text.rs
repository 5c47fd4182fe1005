//! What a text becomes.

use std::fmt::Display;
use std::str::FromStr;

/// A type that is read from a text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not read from a text",
    label = "no `FromStr`",
    note = "lambkin::E134: a field's type implements `std::str::FromStr`, with an error that can be shown (`Display`)",
    note = "`Option`, `Vec` and `Refreshed` are known by how they are written: not under another name"
)]
#[doc(hidden)]
pub trait OfText: Sized {
    /// Reads it, or says why not.
    fn of_text(text: &str) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr<Err: Display>> OfText for T {
    fn of_text(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: T::Err| error.to_string())
    }
}

/// A collection of such.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of what is read from texts",
    label = "no list",
    note = "lambkin::E094: with `list`, a field is a `Vec<T>`, or another collection that can be collected, and `T` implements \
            `std::str::FromStr`"
)]
#[doc(hidden)]
pub trait List: Sized {
    /// What it is a list of.
    type Item: OfText;

    /// Collects it, up to the first error.
    fn of<E>(items: impl Iterator<Item = Result<Self::Item, E>>) -> Result<Self, E>;
}

#[diagnostic::do_not_recommend]
impl<L: IntoIterator<Item: OfText> + FromIterator<L::Item>> List for L {
    type Item = L::Item;

    fn of<E>(items: impl Iterator<Item = Result<L::Item, E>>) -> Result<Self, E> {
        items.collect()
    }
}
