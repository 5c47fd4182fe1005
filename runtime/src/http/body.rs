//! A request's body: JSON, unless the parameter's type says something else.

use std::borrow::Cow;
use std::marker::PhantomData;

use ::http::StatusCode;
use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::fault::{Faults, Place};
use super::query::Query;
use super::request::Request;
use super::routing::Target;
use crate::decode;

/// A form: `application/x-www-form-urlencoded`, as the parameter of a route.
///
/// ```
/// use lambkin::http::Form;
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Login {
///     user: String,
/// }
///
/// #[handler(http)]
/// mod api {
///     use super::*;
///
///     #[post("/login")]
///     async fn login(#[body] Form(login): Form<Login>) -> String {
///         format!("hello, {}", login.user)
///     }
/// }
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

/// The media type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What is wrong with a body.
#[derive(Debug)]
pub struct BadBody {
    status: StatusCode,
    name: Option<String>,
    detail: String,
}

impl BadBody {
    /// A 400; the client reads what is said.
    pub fn new(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, name: None, detail: detail.into() }
    }

    fn media_type(found: &str, expected: &str) -> Self {
        let detail = format!("is `{found}`, and this route takes `{expected}`");
        Self { status: StatusCode::UNSUPPORTED_MEDIA_TYPE, name: None, detail }
    }
}

/// A type that takes the body in a way of its own; any other type behind `#[body]` is decoded from JSON.
pub trait FromBody<'r>: Sized {
    /// Takes it.
    ///
    /// # Errors
    /// Says what is wrong with the body.
    fn from_body(request: &'r Request<'r>) -> Result<Self, BadBody>;
}

impl<'r> FromBody<'r> for &'r [u8] {
    fn from_body(request: &'r Request<'r>) -> Result<Self, BadBody> {
        request.bytes().map_err(BadBody::new)
    }
}

impl<'r> FromBody<'r> for &'r str {
    fn from_body(request: &'r Request<'r>) -> Result<Self, BadBody> {
        request.text().map_err(BadBody::new)
    }
}

impl FromBody<'_> for Vec<u8> {
    fn from_body(request: &Request<'_>) -> Result<Self, BadBody> {
        request.bytes().map(<[u8]>::to_vec).map_err(BadBody::new)
    }
}

impl FromBody<'_> for Bytes {
    fn from_body(request: &Request<'_>) -> Result<Self, BadBody> {
        request.bytes().map(Bytes::copy_from_slice).map_err(BadBody::new)
    }
}

impl FromBody<'_> for String {
    fn from_body(request: &Request<'_>) -> Result<Self, BadBody> {
        request.text().map(str::to_owned).map_err(BadBody::new)
    }
}

impl<'r> FromBody<'r> for Cow<'r, str> {
    fn from_body(request: &'r Request<'r>) -> Result<Self, BadBody> {
        request.text().map(Cow::Borrowed).map_err(BadBody::new)
    }
}

impl<T: DeserializeOwned> FromBody<'_> for Form<T> {
    fn from_body(request: &Request<'_>) -> Result<Self, BadBody> {
        match request.media_type() {
            Some(found) if found != FORM => return Err(BadBody::media_type(&found, FORM)),
            _ => {}
        }
        let text = request.text().map_err(BadBody::new)?;
        let fields = Query::parse(text).map_err(BadBody::new)?;
        fields.get("").map(Form).map_err(|bad| match bad.into_iter().next() {
            Some(bad) => BadBody { name: Some(bad.name), ..BadBody::new(bad.detail) },
            None => BadBody::new("is no form"),
        })
    }
}

/// Takes a `T` out of the body.
#[doc(hidden)]
pub struct BodyParam<T>(PhantomData<fn() -> T>);

impl<T> BodyParam<T> {
    /// Of this type.
    #[allow(clippy::new_without_default, reason = "generated code calls it by its name")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

#[doc(hidden)]
pub trait TakeBody<'r, T> {
    /// Takes what has a way of its own.
    fn take_body(self, target: Target<'r>, faults: &mut Faults) -> Option<T>;
}

impl<'r, T: FromBody<'r>> TakeBody<'r, T> for &&BodyParam<T> {
    fn take_body(self, target: Target<'r>, faults: &mut Faults) -> Option<T> {
        T::from_body(target.request).map_err(|bad| note(bad, faults)).ok()
    }
}

#[doc(hidden)]
pub trait TakeJson<'r, T> {
    /// Takes JSON.
    fn take_body(self, target: Target<'r>, faults: &mut Faults) -> Option<T>;
}

impl<'r, T: Deserialize<'r>> TakeJson<'r, T> for &BodyParam<T> {
    fn take_body(self, target: Target<'r>, faults: &mut Faults) -> Option<T> {
        let decoded = json(target.request).and_then(|text| {
            decode::json(text, &target.request.slot).map_err(|failure| match text {
                EMPTY => BadBody::new("is empty"),
                _ => BadBody::new(decode::of_client(failure.message())),
            })
        });
        decoded.map_err(|bad| note(bad, faults)).ok()
    }
}

/// What an empty body decodes from, so that an `Option` may be left out.
const EMPTY: &str = "null";

fn json<'r>(request: &'r Request<'r>) -> Result<&'r str, BadBody> {
    let text = request.text().map_err(BadBody::new)?;
    if text.trim_ascii().is_empty() {
        return Ok(EMPTY);
    }
    match request.media_type() {
        Some(found) if found != "application/json" && !found.ends_with("+json") => {
            Err(BadBody::media_type(&found, "application/json"))
        }
        _ => Ok(text),
    }
}

fn note(bad: BadBody, faults: &mut Faults) {
    if bad.status != StatusCode::BAD_REQUEST {
        faults.status(bad.status);
    }
    faults.add(Place::Body, bad.name.as_deref().unwrap_or_default(), bad.detail);
}

/// What stands in a body. Nothing implements it: it words the error.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be decoded from a request's body",
    label = "does not implement `Deserialize`",
    note = "lambkin::E126: a body is JSON for any type that derives `serde::Deserialize`, and as it is for `String`, `&str`, \
            `Vec<u8>`, `&[u8]` and `Bytes`; a form is a `Form<T>`"
)]
pub trait FromRequestBody {}

#[doc(hidden)]
pub trait TakeNoBody<'r, T> {
    /// Never compiles: says why.
    fn take_body(self, target: Target<'r>, faults: &mut Faults) -> Option<T>
    where
        T: FromRequestBody;
}

impl<'r, T> TakeNoBody<'r, T> for BodyParam<T> {
    fn take_body(self, _: Target<'r>, _: &mut Faults) -> Option<T>
    where
        T: FromRequestBody,
    {
        None
    }
}
