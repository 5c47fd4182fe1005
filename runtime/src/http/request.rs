//! A request, whatever front end it came through. What nobody asks for is not decoded.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Range;
use std::sync::OnceLock;

use ::http::header::{CONTENT_TYPE, COOKIE};
use ::http::request::Parts;
use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde_json::value::RawValue;

use super::event::{self, FrontEnd, QueryOf};
use super::problem::Problem;
use super::query::Query;
use super::verb::Verb;
use crate::context::Context;
use crate::decode::Slot;
use crate::error::InvocationError;
use crate::source::lazy::{self, Lazy};

/// A request as a route's parameters are taken from it.
///
/// Implementations of [`FromRecord`](crate::FromRecord) name it; handlers take an
/// [`HttpRequest`](super::HttpRequest).
pub struct Request<'e> {
    #[cfg(feature = "lambda-http")]
    event: &'e str,
    parts: event::Parts<'e>,
    verb: Verb,
    cx: Context,
    // Nothing below names `'e`: a cell that did would tie the request to exactly that lifetime.
    headers: OnceLock<Vec<Header>>,
    body: OnceLock<Result<Content, &'static str>>,
    head: OnceLock<Option<Parts>>,
    pub(crate) slot: Slot,
}

/// A header, as places in the event's object of headers.
struct Header {
    name: Name,
    value: Range<usize>,
}

enum Name {
    /// As it is written.
    At(Range<usize>),
    /// Written with an escape.
    Unescaped(String),
}

/// A body, as the event holds it.
enum Content {
    /// Text without an escape.
    Plain,
    Text(String),
    Bytes(Vec<u8>),
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the path nor the headers belong in a log.
        f.debug_struct("Request")
            .field("front_end", &self.parts.front_end)
            .field("method", &self.verb)
            .finish_non_exhaustive()
    }
}

impl<'e> Request<'e> {
    /// Reads an event.
    ///
    /// # Errors
    /// If it is no event of a front end.
    pub(crate) fn read(event: &'e str, cx: &Context) -> Result<Self, InvocationError> {
        let parts = event::Parts::read(event)?;
        let verb = Verb::of(&parts.method);
        Ok(Self {
            #[cfg(feature = "lambda-http")]
            event,
            parts,
            verb,
            cx: cx.clone(),
            headers: OnceLock::new(),
            body: OnceLock::new(),
            head: OnceLock::new(),
            slot: Slot::new(),
        })
    }

    /// The event itself.
    #[cfg(feature = "lambda-http")]
    pub(crate) fn event(&self) -> &'e str {
        self.event
    }

    /// What stands in front of the function.
    pub(crate) fn front_end(&self) -> FrontEnd {
        self.parts.front_end
    }

    pub(crate) fn method(&self) -> &str {
        &self.parts.method
    }

    pub(crate) fn verb(&self) -> Verb {
        self.verb
    }

    /// The path, as the front end has it, without the stage.
    pub(crate) fn path(&self) -> &str {
        &self.parts.path
    }

    pub(crate) fn is_path_decoded(&self) -> bool {
        self.parts.is_path_decoded
    }

    pub(crate) fn context(&self) -> Lazy<'e> {
        self.parts.context
    }

    /// The path's segments, decoded.
    ///
    /// # Errors
    /// If one of them is not UTF-8.
    pub(crate) fn segments(&self) -> Result<Vec<Cow<'_, str>>, Problem> {
        let path = self.path();
        let path = path.strip_prefix('/').unwrap_or(path);
        if path.is_empty() {
            return Ok(Vec::new());
        }
        let segments = path.split('/');
        if self.parts.is_path_decoded || !path.contains('%') {
            return Ok(segments.map(Cow::Borrowed).collect());
        }
        segments.map(|segment| percent_decode_str(segment).decode_utf8()).collect::<Result<_, _>>().map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST).detail("the path is not UTF-8 text once it is percent-decoded")
        })
    }

    /// The names and values of the headers; a value is a text, or a list of texts, in JSON.
    fn fields(&self) -> impl Iterator<Item = (&str, &'e str)> {
        let object = self.parts.headers.map_or("", RawValue::get);
        let headers = self.headers.get_or_init(|| {
            let fields = lazy::lossy_fields(self.parts.headers).into_iter();
            let header = |(name, value): (Cow<'e, str>, &'e RawValue)| Header {
                name: match name {
                    Cow::Borrowed(name) => Name::At(place_in(object, name)),
                    Cow::Owned(name) => Name::Unescaped(name),
                },
                value: place_in(object, value.get()),
            };
            fields.map(header).collect()
        });
        headers.iter().map(move |Header { name, value }| {
            let name = match name {
                Name::At(place) => object.get(place.clone()).unwrap_or_default(),
                Name::Unescaped(name) => name,
            };
            (name, object.get(value.clone()).unwrap_or_default())
        })
    }

    /// The values of a header, in their order.
    pub(crate) fn header_values(&self, name: &str) -> Vec<Cow<'e, str>> {
        let mut values = Vec::new();
        for (_, value) in self.fields().filter(|(key, _)| key.eq_ignore_ascii_case(name)) {
            push_values(value, &mut values);
        }
        // Payload 2.0 lists them elsewhere.
        if values.is_empty() && name.eq_ignore_ascii_case(COOKIE.as_str()) {
            values.extend(joined(lazy::texts(self.parts.cookies), "; "));
        }
        values
    }

    /// A header's value; several ones are joined as the header's lists are.
    pub(crate) fn header(&self, name: &str) -> Option<Cow<'e, str>> {
        let separator = if name.eq_ignore_ascii_case(COOKIE.as_str()) { "; " } else { ", " };
        joined(self.header_values(name), separator)
    }

    /// What the request says about the work that it is a part of; API Gateway's own number, where the client has none.
    #[cfg(feature = "logs")]
    pub(crate) fn origin(&self, route: Option<&'static str>) -> crate::telemetry::spans::Origin {
        let origin = crate::telemetry::spans::Origin::of(|name| self.header(name));
        let own = || lazy::text(lazy::field(self.context(), "requestId")).map(Cow::into_owned);
        crate::telemetry::spans::Origin { correlation_id: origin.correlation_id.clone().or_else(own), route, ..origin }
    }

    /// The cookies, as the header has them.
    pub(crate) fn cookie_header(&self) -> Option<Cow<'e, str>> {
        self.header(COOKIE.as_str())
    }

    /// The query's fields.
    ///
    /// # Errors
    /// Says what is wrong with the query's encoding.
    pub(crate) fn query(&self) -> Result<Query<'_>, String> {
        match &self.parts.query {
            QueryOf::Text(text) => Query::parse(text),
            QueryOf::Fields { is_encoded: true, .. } => Query::parse(&self.query_text()).map(Query::into_owned),
            QueryOf::Fields { fields, .. } => {
                let mut pairs = Vec::new();
                for (name, value) in lazy::lossy_fields(*fields) {
                    let mut values = Vec::new();
                    push_values(value.get(), &mut values);
                    pairs.extend(values.into_iter().map(|value| (name.clone(), value)));
                }
                Ok(Query::from_pairs(pairs))
            }
        }
    }

    /// The query as text, encoded; empty if there is none.
    pub(crate) fn query_text(&self) -> Cow<'_, str> {
        let (fields, is_encoded) = match &self.parts.query {
            QueryOf::Text(text) => return Cow::Borrowed(text),
            QueryOf::Fields { fields, is_encoded } => (*fields, *is_encoded),
        };
        let mut text = String::new();
        for (name, value) in lazy::lossy_fields(fields) {
            let mut values = Vec::new();
            push_values(value.get(), &mut values);
            for value in values {
                if !text.is_empty() {
                    text.push('&');
                }
                // Writing to a string does not fail.
                let _ = match is_encoded {
                    true => write!(text, "{name}={value}"),
                    false => write!(text, "{}={}", encoded(&name), encoded(&value)),
                };
            }
        }
        Cow::Owned(text)
    }

    /// The body.
    fn content(&self) -> Result<&Content, &'static str> {
        let content = self.body.get_or_init(|| match self.parts.body {
            body @ Some(_) if self.parts.is_base64 => lazy::base64(body).map(Content::Bytes),
            Some(_) if self.plain_body().is_some() => Ok(Content::Plain),
            body @ Some(_) => lazy::string(body).map(|text| Content::Text(text.into_owned())),
            None => Ok(Content::Plain),
        });
        content.as_ref().map_err(|what| *what)
    }

    /// The text in the event, if it holds no escape.
    fn plain_body(&self) -> Option<&'e str> {
        let json = self.parts.body.map_or("\"\"", RawValue::get);
        json.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains('\\'))
    }

    /// The body's bytes.
    ///
    /// # Errors
    /// Says what is wrong with the event's `body`.
    pub(crate) fn bytes(&self) -> Result<&[u8], &'static str> {
        Ok(match self.content()? {
            Content::Plain => self.plain_body().unwrap_or_default().as_bytes(),
            Content::Text(text) => text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        })
    }

    /// The body as text.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(crate) fn text(&self) -> Result<&str, &'static str> {
        match self.content()? {
            Content::Plain => Ok(self.plain_body().unwrap_or_default()),
            Content::Text(text) => Ok(text),
            Content::Bytes(bytes) => std::str::from_utf8(bytes).map_err(|_| "is not UTF-8 text"),
        }
    }

    /// The media type of the body, in lower case and without its parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.header(CONTENT_TYPE.as_str())?;
        let media_type = value.split(';').next().unwrap_or_default().trim();
        (!media_type.is_empty()).then(|| media_type.to_ascii_lowercase())
    }

    /// The request without its body, as the axum ecosystem's extractors take it.
    ///
    /// # Errors
    /// A 400, if it is none that HTTP knows.
    pub(crate) fn head(&self) -> Result<Parts, Problem> {
        let head = self.head.get_or_init(|| self.make_head());
        head.clone().ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST).detail("the request's head is not valid HTTP"))
    }

    fn make_head(&self) -> Option<Parts> {
        let (mut parts, ()) = ::http::Request::new(()).into_parts();
        parts.method = Method::from_bytes(self.method().as_bytes()).ok()?;
        parts.uri = self.uri()?;
        let mut headers = HeaderMap::new();
        for (name, value) in self.fields() {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let mut values = Vec::new();
            push_values(value, &mut values);
            for value in values {
                // What is no header value was none on the wire.
                // Unlike `append`, it does not panic on too many of them.
                headers.try_append(name.clone(), HeaderValue::from_str(&value).ok()?).ok()?;
            }
        }
        if let (false, Some(cookies)) = (headers.contains_key(COOKIE), self.cookie_header()) {
            headers.try_insert(COOKIE, HeaderValue::from_str(&cookies).ok()?).ok()?;
        }
        parts.headers = headers;
        parts.extensions.insert(self.cx.clone());
        parts.extensions.insert(self.parts.front_end);
        Some(parts)
    }

    fn uri(&self) -> Option<Uri> {
        let mut uri = self.url(self.path());
        if !uri.starts_with('/') {
            uri.insert(0, '/');
        }
        // One that starts with two slashes would be read as an authority.
        Uri::builder().path_and_query(uri).build().ok()
    }

    /// A path that is as decoded as the request's, with the request's query, as they stand in a URL.
    pub(crate) fn url(&self, path: &str) -> String {
        /// What does not stand in a path as it is, besides `%` itself. Browsers read a backslash as a slash, and two of
        /// these as the start of a host.
        const PATH: &AsciiSet =
            &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'\\');
        const DECODED_PATH: &AsciiSet = &PATH.add(b'%');
        const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
        let set = if self.parts.is_path_decoded { DECODED_PATH } else { PATH };
        let mut url = utf8_percent_encode(path, set).to_string();
        let query = self.query_text();
        if !query.is_empty() {
            // Writing to a string does not fail.
            let _ = write!(url, "?{}", utf8_percent_encode(&query, QUERY));
        }
        url
    }

    /// What stands in front of the path for the client: the stage, on the domain that an API has by itself.
    pub(crate) fn base(&self) -> String {
        if let Some(stage) = &self.parts.stage {
            return format!("/{stage}");
        }
        // A REST API has it in the path of the context only.
        let whole = lazy::text(lazy::field(self.context(), "path"));
        let is_rest = self.front_end() == FrontEnd::RestApi;
        let base = whole.as_deref().filter(|_| is_rest).and_then(|whole| whole.strip_suffix(self.path()));
        base.unwrap_or_default().to_owned()
    }

    /// The whole request, with its body as bytes.
    ///
    /// # Errors
    /// As [`Self::head`] and [`Self::bytes`].
    pub(crate) fn whole(&self) -> Result<::http::Request<Bytes>, Problem> {
        Ok(::http::Request::from_parts(self.head()?, Bytes::copy_from_slice(self.bytes().map_err(bad_body)?)))
    }

    /// The invocation's context.
    pub(crate) fn cx(&self) -> &Context {
        &self.cx
    }
}

/// What a front end sends as `body` is not what it says that it is.
pub(crate) fn bad_body(what: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST).detail(format!("the request's body {what}"))
}

/// Where a part of a text stands in it.
fn place_in(whole: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start.saturating_add(part.len())
}

/// A field's text, or the texts in its list.
fn push_values<'e>(json: &'e str, values: &mut Vec<Cow<'e, str>>) {
    // The most frequent case, and it needs no parser.
    if let Some(text) = json.strip_prefix('"').and_then(|json| json.strip_suffix('"'))
        && !text.contains('\\')
    {
        values.push(Cow::Borrowed(text));
        return;
    }
    let Ok(value) = serde_json::from_str::<&RawValue>(json) else { return };
    match json.starts_with('[') {
        true => values.extend(lazy::texts(Some(value))),
        false => values.extend(lazy::text(Some(value))),
    }
}

fn joined<'e>(values: Vec<Cow<'e, str>>, separator: &str) -> Option<Cow<'e, str>> {
    let mut values = values.into_iter();
    let first = values.next()?;
    Some(values.fold(first, |mut all, value| {
        let text = all.to_mut();
        text.push_str(separator);
        text.push_str(&value);
        all
    }))
}

fn encoded(text: &str) -> impl fmt::Display {
    utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}
