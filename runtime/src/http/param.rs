//! Single values out of the path, the query, headers and cookies.
//!
//! Decided by type, as in [`record`](crate::record): what serde knows, then what a text can be parsed into.

use std::borrow::Cow;
use std::fmt::Display;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserialize;

use super::cookie;
use super::fault::{Faults, Place};
use super::query::Query;
use super::routing::{Segment, Target};
use super::value;

/// The values of one name, or the fields that it is one of.
enum Values<'v> {
    List(&'v [&'v str]),
    Fields(&'v Query<'v>),
}

/// What a parameter is taken from.
#[doc(hidden)]
pub struct Input<'v> {
    place: Place,
    name: &'static str,
    values: Values<'v>,
}

impl<'v> Input<'v> {
    /// Of these values.
    pub fn list(place: Place, name: &'static str, values: &'v [&'v str]) -> Self {
        Self { place, name, values: Values::List(values) }
    }

    /// Of a query's or a cookie's fields.
    pub fn fields(place: Place, name: &'static str, fields: &'v Query<'v>) -> Self {
        Self { place, name, values: Values::Fields(fields) }
    }

    fn is_absent(&self) -> bool {
        match self.values {
            Values::List(values) => values.is_empty(),
            Values::Fields(fields) => fields.values(self.name).is_empty(),
        }
    }
}

impl<'a> Target<'a> {
    /// A path parameter's text.
    pub fn path_text(&self, at: Segment) -> Cow<'a, str> {
        self.segment(at)
    }

    /// A header's values, and behind several ones the list that they are together. Each may be a list, and a list may
    /// come as one value: front ends differ in that.
    pub fn header_texts(&self, name: &str) -> Vec<Cow<'a, str>> {
        let mut values = self.request.header_values(name);
        if values.len() > 1 {
            values.extend(self.request.header(name));
        }
        values
    }

    /// The query's fields; none, and a fault, if it can't be read.
    pub fn query_fields(&self, faults: &mut Faults) -> Query<'a> {
        self.query().unwrap_or_else(|detail| {
            faults.add(Place::Query, "", detail);
            Query::from_pairs(Vec::new())
        })
    }

    /// The cookies.
    pub fn cookie_fields(&self) -> Query<'a> {
        let Some(header) = self.request.cookie_header() else { return Query::from_pairs(Vec::new()) };
        match header {
            Cow::Borrowed(header) => cookies(header),
            Cow::Owned(header) => cookies(&header).into_owned(),
        }
    }
}

/// A header's cookies as fields.
fn cookies(header: &str) -> Query<'_> {
    Query::from_pairs(cookie::cookies(header).map(|(name, value)| (name.into(), value.into())).collect())
}

/// The texts themselves.
#[doc(hidden)]
pub fn borrowed<'v>(texts: &'v [Cow<'_, str>]) -> Vec<&'v str> {
    texts.iter().map(|text| &**text).collect()
}

/// A header's value: one of several, or of a list, for a type that takes one, is the list.
fn of_header<'v, T: Deserialize<'v>>(values: &[&'v str]) -> Result<T, String> {
    let whole = whole_header(values);
    let lines = values.get(..values.len() - whole.len()).filter(|lines| !lines.is_empty()).unwrap_or(whole);
    let items = lines.iter().flat_map(|value| value.split(',')).map(str::trim);
    // A list may hold empty items, which say nothing: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2>.
    let items: Vec<&str> = items.filter(|item| !item.is_empty()).collect();
    match items.as_slice() {
        [_, _, ..] => value::one(&items).or_else(|_| value::one(whole)),
        _ => value::one(whole),
    }
}

/// What one value of the header would be, were it sent as one.
fn whole_header<'s, 'v>(values: &'s [&'v str]) -> &'s [&'v str] {
    values.last().map_or(&[], std::slice::from_ref)
}

/// Takes a `T`.
#[doc(hidden)]
pub struct Param<T>(PhantomData<fn() -> T>);

impl<T> Param<T> {
    /// Of this type.
    #[allow(clippy::new_without_default, reason = "generated code calls it by its name")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// The default, where the request says nothing, else what `take` makes of it.
    pub fn or_default<'v>(
        input: Input<'v>,
        default: impl FnOnce() -> T,
        take: impl FnOnce(Input<'v>) -> Option<T>,
    ) -> Option<T> {
        if input.is_absent() { Some(default()) } else { take(input) }
    }
}

#[doc(hidden)]
pub trait TakeValue<'v, T> {
    /// Takes what serde knows.
    fn take(self, input: Input<'v>, faults: &mut Faults) -> Option<T>;
}

impl<'v, T: Deserialize<'v>> TakeValue<'v, T> for &&Param<T> {
    fn take(self, input: Input<'v>, faults: &mut Faults) -> Option<T> {
        let Input { place, name, values } = input;
        match values {
            Values::List(values) if place == Place::Header => noted(of_header(values), place, name, faults),
            Values::List(values) => noted(value::one(values), place, name, faults),
            Values::Fields(fields) => match fields.get(name) {
                Ok(value) => Some(value),
                Err(bad) => {
                    bad.iter().for_each(|bad| faults.add(place, &bad.name, &*bad.detail));
                    None
                }
            },
        }
    }
}

#[doc(hidden)]
pub trait TakeFromStr<'v, T> {
    /// Takes what a text can be parsed into.
    fn take(self, input: Input<'v>, faults: &mut Faults) -> Option<T>;
}

impl<'v, T: FromStr<Err: Display>> TakeFromStr<'v, T> for &Param<T> {
    fn take(self, input: Input<'v>, faults: &mut Faults) -> Option<T> {
        let Input { place, name, values } = input;
        let parsed = match values {
            Values::List(values) if place == Place::Header => value::from_str(whole_header(values)),
            Values::List(values) => value::from_str(values),
            Values::Fields(fields) => value::from_str(&fields.values(name)),
        };
        noted(parsed, place, name, faults)
    }
}

fn noted<T>(taken: Result<T, String>, place: Place, name: &str, faults: &mut Faults) -> Option<T> {
    taken.map_err(|detail| faults.add(place, name, detail)).ok()
}

/// What stands in a path, a query, a header or a cookie. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a text of the request",
    label = "neither `Deserialize` nor `FromStr`",
    note = "lambkin::E125: derive `serde::Deserialize` for it, also on a type with one field, or implement `FromStr` with \
            an error that can be displayed"
)]
pub trait FromText {}

#[doc(hidden)]
pub trait TakeNoValue<'v, T> {
    /// Never compiles: says why.
    fn take(self, input: Input<'v>, faults: &mut Faults) -> Option<T>
    where
        T: FromText;
}

impl<'v, T> TakeNoValue<'v, T> for Param<T> {
    fn take(self, _: Input<'v>, _: &mut Faults) -> Option<T>
    where
        T: FromText,
    {
        None
    }
}
