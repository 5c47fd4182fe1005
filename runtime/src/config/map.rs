//! Parameters by the names that they have below a path.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crate::config::text::OfText;

/// What all parameters below a path become.
#[diagnostic::on_unimplemented(
    message = "all parameters below a path are a map by their names, and this is none",
    label = "no map",
    note = "lambkin::E133: with `by_path`, a field is a `BTreeMap<String, T>` or a `HashMap<String, T>`, where `T` is a \
            `FromStr`"
)]
#[doc(hidden)]
pub trait Map {
    /// A parameter's.
    type Value: OfText;

    /// Of names and values.
    fn of(entries: Vec<(String, Self::Value)>) -> Self;
}

impl<V: OfText, S: BuildHasher + Default> Map for HashMap<String, V, S> {
    type Value = V;

    fn of(entries: Vec<(String, V)>) -> Self {
        entries.into_iter().collect()
    }
}

impl<V: OfText> Map for BTreeMap<String, V> {
    type Value = V;

    fn of(entries: Vec<(String, V)>) -> Self {
        entries.into_iter().collect()
    }
}
