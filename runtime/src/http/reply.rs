//! A response on its way out: whole, so that its size is known and an earlier one can be told again.

use ::http::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use ::http::{Response, StatusCode};
use axum_core::body::Body;
use axum_core::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::BodyExt;
use serde::{Deserialize, Serialize};
use tokio::time::timeout_at;

use super::event::FrontEnd;
use super::idempotent::REPLAYED;
use super::problem::Problem;
use crate::call::Call;
use crate::error::Failure;
use crate::idempotency::{Kept, NOT_KEPT};
use crate::telemetry::incident::Incident;

/// A response with all of its body.
#[doc(hidden)]
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    /// Reads the body to its end.
    pub async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        match body.collect().await {
            Ok(body) => Self { status: head.status, headers: head.headers, body: body.to_bytes() },
            Err(error) => {
                let why = crate::error::chain(&error);
                Incident::of("ResponseBody").error(format_args!("the response's body broke off: {why}"));
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into()
            }
        }
    }

    /// [`Self::of`], in time for the response: a body may come from somebody who is slow.
    ///
    /// # Errors
    /// That the time is over.
    pub async fn in_time(response: Response<Body>, call: &Call<'_>) -> Result<Self, Failure> {
        let Some(end) = call.margin_end() else { return Ok(Self::of(response).await) };
        timeout_at(end, Self::of(response)).await.map_err(|_| call.exceeded().into())
    }

    /// The response as the front end reads it.
    pub(crate) fn encode(&self, front_end: FrontEnd) -> Vec<u8> {
        let Self { status, headers, body } = self;
        let mut json = Json(Vec::with_capacity(body.len() + 256));
        json.raw("{\"statusCode\":");
        json.raw(status.as_str());
        match front_end {
            FrontEnd::HttpApi | FrontEnd::FunctionUrl => {
                json.headers(headers, Repeated::Joined, |name| name != SET_COOKIE);
                // Also where there are none: `cargo lambda watch` refuses a response without the list.
                json.raw(",\"cookies\":");
                json.list(headers.get_all(SET_COOKIE).iter());
            }
            FrontEnd::RestApi | FrontEnd::HttpApi1 => {
                // Lists only for what needs them: API Gateway merges both.
                let is_repeated = |name: &HeaderName| headers.get_all(name).iter().nth(1).is_some();
                json.headers(headers, Repeated::Joined, |name| !is_repeated(name));
                if headers.len() != headers.keys_len() {
                    json.multi_headers(headers, is_repeated);
                }
            }
            FrontEnd::Alb { is_multi_value: true } => {
                json.description(*status);
                json.multi_headers(headers, |_| true);
            }
            FrontEnd::Alb { is_multi_value: false } | FrontEnd::Lattice1 | FrontEnd::Lattice => {
                json.description(*status);
                json.headers(headers, Repeated::BySpelling, |_| true);
            }
        }
        json.body(body);
        json.0
    }
}

impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        let (body, response) = (problem.to_json(), problem.into_response());
        let (head, _) = response.into_parts();
        Self { status: head.status, headers: head.headers, body: body.into() }
    }
}

/// What to do with a header that is there several times where each name has one value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    /// Into one list.
    Joined,
    /// The same, but cookies can't be joined: each gets a name that is spelt in another way, which the front
    /// end tells apart and a client does not.
    BySpelling,
}

/// The event's response, as text.
struct Json(Vec<u8>);

impl Json {
    fn raw(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn text(&mut self, text: &str) {
        // Writing to a vector does not fail.
        let _ = serde_json::to_writer(&mut self.0, text);
    }

    fn value(&mut self, value: &HeaderValue) {
        match std::str::from_utf8(value.as_bytes()) {
            Ok(text) => self.text(text),
            // JSON holds text only; what is not UTF-8 is Latin-1, as headers once were.
            Err(_) => self.text(&value.as_bytes().iter().map(|byte| char::from(*byte)).collect::<String>()),
        }
    }

    fn description(&mut self, status: StatusCode) {
        self.raw(",\"statusDescription\":\"");
        self.raw(status.as_str());
        self.raw(" ");
        self.raw(status.canonical_reason().unwrap_or("Status"));
        self.raw("\"");
    }

    fn headers(&mut self, headers: &HeaderMap, repeated: Repeated, wanted: impl Fn(&HeaderName) -> bool) {
        self.raw(",\"headers\":{");
        let mut is_first = true;
        for name in headers.keys().filter(|name| wanted(name) && **name != CONTENT_LENGTH) {
            let values = headers.get_all(name);
            if name == SET_COOKIE && repeated == Repeated::BySpelling {
                for (index, value) in values.iter().enumerate() {
                    self.comma(&mut is_first);
                    self.text(&spelt(name.as_str(), index));
                    self.raw(":");
                    self.value(value);
                }
                continue;
            }
            self.comma(&mut is_first);
            self.text(name.as_str());
            self.raw(":");
            let mut values = values.iter();
            match (values.next(), values.next()) {
                (Some(only), None) => self.value(only),
                _ => {
                    let all: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
                    // Parts of header values, and a comma.
                    let all = HeaderValue::from_bytes(&all.join(&b", "[..]));
                    self.value(&all.unwrap_or(HeaderValue::from_static("")));
                }
            }
        }
        self.raw("}");
    }

    fn multi_headers(&mut self, headers: &HeaderMap, wanted: impl Fn(&HeaderName) -> bool) {
        self.raw(",\"multiValueHeaders\":{");
        let mut is_first = true;
        for name in headers.keys().filter(|name| wanted(name) && **name != CONTENT_LENGTH) {
            self.comma(&mut is_first);
            self.text(name.as_str());
            self.raw(":");
            self.list(headers.get_all(name).iter());
        }
        self.raw("}");
    }

    fn list<'v>(&mut self, values: impl Iterator<Item = &'v HeaderValue>) {
        self.raw("[");
        let mut is_first = true;
        for value in values {
            self.comma(&mut is_first);
            self.value(value);
        }
        self.raw("]");
    }

    fn comma(&mut self, is_first: &mut bool) {
        if !std::mem::replace(is_first, false) {
            self.raw(",");
        }
    }

    fn body(&mut self, body: &[u8]) {
        self.raw(",\"body\":");
        match std::str::from_utf8(body) {
            Ok(text) => {
                self.text(text);
                self.raw(",\"isBase64Encoded\":false}");
            }
            Err(_) => {
                self.text(&STANDARD.encode(body));
                self.raw(",\"isBase64Encoded\":true}");
            }
        }
    }
}

/// A header's name with some of its letters in upper case, another way for each number.
fn spelt(name: &str, number: usize) -> String {
    let mut bits = number;
    let mut letter = |c: char| {
        if !c.is_ascii_alphabetic() {
            return c;
        }
        let is_upper = bits & 1 == 1;
        bits >>= 1;
        if is_upper { c.to_ascii_uppercase() } else { c }
    };
    name.chars().map(&mut letter).collect()
}

/// A response as a store of idempotency records holds it.
#[derive(Serialize, Deserialize)]
struct Stored {
    status: u16,
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

impl Kept for Reply {
    fn keep(&self) -> Option<String> {
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), value.as_bytes().iter().map(|byte| char::from(*byte)).collect())
        };
        let (body, base64) = match std::str::from_utf8(&self.body) {
            Ok(text) => (Some(text.to_owned()), None),
            Err(_) => (None, Some(STANDARD.encode(&self.body))),
        };
        let headers = self.headers.iter().map(header).collect();
        serde_json::to_string(&Stored { status: self.status.as_u16(), headers, body, base64 }).ok()
    }

    fn replay(data: Option<&str>) -> Result<Self, String> {
        let data = data.ok_or_else(|| NOT_KEPT.to_owned())?;
        stored(data).ok_or_else(|| "its result is not a response".to_owned())
    }
}

fn stored(data: &str) -> Option<Reply> {
    let Stored { status, headers: stored, body, base64 } = serde_json::from_str(data).ok()?;
    let body = match (body, base64) {
        (Some(text), _) => text.into(),
        (None, Some(base64)) => STANDARD.decode(base64).ok()?.into(),
        (None, None) => Bytes::new(),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in stored {
        let value: Option<Vec<u8>> = value.chars().map(|c| u8::try_from(c).ok()).collect();
        headers.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(&value?).ok()?);
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Some(Reply { status: StatusCode::from_u16(status).ok()?, headers, body })
}
