//! Responses for what handlers usually answer.

use std::fmt::Display;

use ::http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use ::http::{Response, StatusCode};
use axum_core::body::Body;
use axum_core::response::IntoResponse;
use serde::Serialize;

use super::problem::Problem;
use crate::telemetry::incident::Incident;

/// A value as JSON, with the status 200.
///
/// A value that does not serialise is a line in the log, and a response with the status 500.
///
/// ```
/// use lambkin::http::{IntoResponse, Json, StatusCode};
///
/// #[derive(serde::Serialize)]
/// struct User {
///     id: u64,
/// }
///
/// async fn user() -> Json<User> {
///     Json(User { id: 7 })
/// }
///
/// let response = Json(User { id: 7 }).into_response();
/// assert_eq!(response.status(), StatusCode::OK);
/// assert_eq!(response.headers()["content-type"], "application/json");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T> Json<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response<Body> {
        json(StatusCode::OK, serde_json::to_vec(&self.0))
    }
}

/// What was made, as JSON, with the status 201.
///
/// ```
/// use lambkin::http::{Created, IntoResponse, StatusCode};
///
/// let response = Created::at("/orders/7", "an order").into_response();
/// assert_eq!(response.status(), StatusCode::CREATED);
/// assert_eq!(response.headers()["location"], "/orders/7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created<T> {
    value: T,
    location: Option<String>,
}

impl<T> Created<T> {
    /// It stands where the request went to, or nowhere.
    pub fn new(value: T) -> Self {
        Self { value, location: None }
    }

    /// It stands at this URL, which the `location` header names.
    ///
    /// The text must be printable ASCII, as URLs are: anything else is a line in the log, and a response with the
    /// status 500.
    pub fn at(location: impl Into<String>, value: T) -> Self {
        Self { value, location: Some(location.into()) }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Where it stands.
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response<Body> {
        located(json(StatusCode::CREATED, serde_json::to_vec(&self.value)), self.location)
    }
}

/// What will be done later, as JSON, with the status 202.
///
/// ```
/// use lambkin::http::{Accepted, IntoResponse, StatusCode};
///
/// assert_eq!(Accepted("job 7").into_response().status(), StatusCode::ACCEPTED);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted<T>(pub T);

impl<T> Accepted<T> {
    /// The value.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response<Body> {
        json(StatusCode::ACCEPTED, serde_json::to_vec(&self.0))
    }
}

/// The status 204, which has no body.
///
/// ```
/// use lambkin::http::{IntoResponse, NoContent, StatusCode};
///
/// assert_eq!(NoContent.into_response().status(), StatusCode::NO_CONTENT);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoContent;

impl IntoResponse for NoContent {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        response
    }
}

/// A response out of JSON, if it is any.
#[inline(never)]
pub(super) fn json<E: Display>(status: StatusCode, body: Result<Vec<u8>, E>) -> Response<Body> {
    match body {
        Ok(body) => {
            let mut response = Response::new(Body::from(body));
            *response.status_mut() = status;
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        Err(error) => failed("ResponseBody", format_args!("the body of a response does not serialise: {error}")),
    }
}

#[inline(never)]
fn located(mut response: Response<Body>, location: Option<String>) -> Response<Body> {
    let Some(location) = location.filter(|_| response.status() == StatusCode::CREATED) else { return response };
    // `HeaderValue` takes bytes beyond ASCII, which front ends do not carry.
    match HeaderValue::try_from(&location) {
        Ok(value) if value.to_str().is_ok() => {
            response.headers_mut().insert(LOCATION, value);
            response
        }
        _ => failed("ResponseLocation", format_args!("the location of a response holds what no URL does")),
    }
}

/// The client cannot do anything about it, so it is told nothing.
fn failed(kind: &str, message: std::fmt::Arguments<'_>) -> Response<Body> {
    Incident::of(kind).error(message);
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use http_body_util::BodyExt as _;

    use super::*;

    /// A response as its status, its content type and its body.
    pub(crate) fn read(response: impl IntoResponse) -> (u16, String, String) {
        let (parts, body) = response.into_response().into_parts();
        let kind = parts.headers.get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        let mut body = std::pin::pin!(body.collect());
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(body) = body.as_mut().poll(&mut cx) else { panic!("the body is not there") };
        let body = String::from_utf8(body.unwrap().to_bytes().into()).unwrap();
        (parts.status.as_u16(), kind.unwrap_or_default(), body)
    }

    pub(crate) fn is(status: u16, kind: &str, body: &str) -> (u16, String, String) {
        (status, kind.to_owned(), body.to_owned())
    }

    const BROKEN: &str = r#"{"status":500,"title":"Internal Server Error"}"#;

    /// JSON has no keys of bytes.
    fn broken() -> BTreeMap<Vec<u8>, u8> {
        BTreeMap::from([(vec![1], 1)])
    }

    #[test]
    fn a_value_goes_out_as_json() {
        assert_eq!(read(Json([1, 2])), is(200, "application/json", "[1,2]"));
        assert_eq!(read(Accepted("x")), is(202, "application/json", r#""x""#));
        assert_eq!(read(Created::new(1)), is(201, "application/json", "1"));
        assert_eq!(read(NoContent), is(204, "", ""));
    }

    #[test]
    fn a_value_that_does_not_serialise_is_a_500() {
        let expected = is(500, "application/problem+json", BROKEN);
        assert_eq!(read(Json(broken())), expected);
        assert_eq!(read(Accepted(broken())), expected);
        assert_eq!(read(Created::new(broken())), expected);
        let response = Created::at("/a", broken()).into_response();
        assert_eq!(response.headers().get(LOCATION), None);
    }

    #[test]
    fn a_location_is_a_header() {
        let response = Created::at("/orders/7?a=b", 7).into_response();
        assert_eq!(response.headers()[LOCATION], "/orders/7?a=b");
        assert_eq!(Created::new(7).into_response().headers().get(LOCATION), None);
    }

    #[test]
    fn a_location_that_is_no_header_is_a_500() {
        for location in ["/a\r\nset-cookie: a=b", "/\0", "/é"] {
            assert_eq!(read(Created::at(location, 7)), is(500, "application/problem+json", BROKEN));
        }
    }

    #[test]
    fn the_value_is_at_hand() {
        let created = Created::at("/a", 7);
        assert_eq!((created.value(), created.location()), (&7, Some("/a")));
        assert_eq!((created.into_inner(), Json(1).into_inner(), Accepted(2).into_inner()), (7, 1, 2));
        assert_eq!(Json::from(1), Json(1));
    }
}
