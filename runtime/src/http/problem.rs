//! Errors as a client reads them: `application/problem+json`.

use std::borrow::Cow;
use std::fmt::Display;
use std::time::Duration;

use ::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use ::http::{Response, StatusCode};
use axum_core::body::Body;
use axum_core::response::IntoResponse;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

/// An error response as [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) has it.
///
/// ```
/// use lambkin::http::{Problem, StatusCode};
///
/// let problem = Problem::new(StatusCode::CONFLICT).detail("the order has been shipped").with("order", 7);
/// assert_eq!(
///     problem.to_json(),
///     r#"{"status":409,"title":"Conflict","detail":"the order has been shipped","order":7}"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
// Boxed, as it stands in the error of many a `Result`.
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    status: StatusCode,
    kind: Option<Cow<'static, str>>,
    title: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    members: Vec<(Cow<'static, str>, Value)>,
    headers: HeaderMap,
}

impl Problem {
    /// A problem with this status; its title is the status's own words.
    pub fn new(status: StatusCode) -> Self {
        let (kind, title, detail, members) = (None, None, None, Vec::new());
        Self(Box::new(Parts { status, kind, title, detail, members, headers: HeaderMap::new() }))
    }

    /// The answer to an error. With a status below 500, the client is at fault, and reads the error's message as the detail;
    /// from 500 on the message stays inside, as it tells of databases, paths and other people's data.
    ///
    /// ```
    /// use lambkin::http::{Problem, StatusCode};
    ///
    /// let error = "twelve".parse::<u8>().unwrap_err();
    /// let theirs = Problem::of_error(StatusCode::BAD_REQUEST, &error);
    /// assert_eq!(theirs.to_json(), r#"{"status":400,"title":"Bad Request","detail":"invalid digit found in string"}"#);
    /// let ours = Problem::of_error(StatusCode::BAD_GATEWAY, &error);
    /// assert_eq!(ours.to_json(), r#"{"status":502,"title":"Bad Gateway"}"#);
    /// ```
    pub fn of_error(status: StatusCode, error: &(impl Display + ?Sized)) -> Self {
        let problem = Self::new(status);
        if status.is_client_error() { problem.detail(error.to_string()) } else { problem }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The URI that names the kind of problem, which is `about:blank` if nothing else is said.
    #[must_use]
    pub fn kind(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = Some(uri.into());
        self
    }

    /// What the kind of problem is called.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// What is wrong with this request; the client reads it.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// A member of the problem's own. One that does not serialise is left out.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.0.members.push((name.into(), value));
        }
        self
    }

    /// A header of the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// After what time the client may try again: the header `Retry-After`, in seconds. Of less than a second, one is made.
    #[must_use]
    pub fn retry_after(mut self, time: Duration) -> Self {
        let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() != 0)).max(1);
        self.0.headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        self
    }

    /// The body.
    pub fn to_json(&self) -> String {
        // Of strings and JSON values; nothing of it can fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = &self.0.kind {
            map.serialize_entry("type", kind)?;
        }
        map.serialize_entry("status", &self.0.status.as_u16())?;
        let title = self.0.title.as_deref().or(self.0.status.canonical_reason());
        if let Some(title) = title {
            map.serialize_entry("title", title)?;
        }
        if let Some(detail) = &self.0.detail {
            map.serialize_entry("detail", detail)?;
        }
        for (name, value) in &self.0.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.to_json()));
        *response.status_mut() = self.0.status;
        *response.headers_mut() = self.0.headers;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}
