//! What API Gateway does between a client and a function: an HTTP request becomes an event of an HTTP API, and
//! the function's JSON becomes a response. [Payload format 2.0][p] in both directions.
//!
//! [p]: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING,
    UPGRADE, USER_AGENT,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::Full;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::InvocationError;
use crate::telemetry::timestamp::date;

const ACCOUNT: &str = "000000000000";
const API: &str = "local";
const ROUTE: &str = "$default";

/// An event of an HTTP API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'r> {
    version: &'static str,
    route_key: &'static str,
    raw_path: &'r str,
    raw_query_string: &'r str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<String>,
    headers: BTreeMap<&'r str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    query_string_parameters: BTreeMap<String, String>,
    request_context: RequestContext<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'r, str>>,
    is_base64_encoded: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'r> {
    account_id: &'static str,
    api_id: &'static str,
    domain_name: &'static str,
    domain_prefix: &'static str,
    http: Http<'r>,
    request_id: &'r str,
    route_key: &'static str,
    stage: &'static str,
    time: String,
    time_epoch: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'r> {
    method: &'r str,
    path: &'r str,
    protocol: String,
    source_ip: String,
    user_agent: String,
}

/// Who asked, where, when, and under which identifier.
pub(super) struct Arrival<'r> {
    pub(super) peer: SocketAddr,
    /// The port that was connected to.
    pub(super) port: u16,
    pub(super) at: SystemTime,
    pub(super) request_id: &'r str,
}

/// The event that a request becomes.
pub(super) fn event(head: &Parts, body: &[u8], arrival: &Arrival<'_>) -> Vec<u8> {
    let since_1970 = arrival.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let source_ip = arrival.peer.ip().to_canonical().to_string();
    let path = if head.uri.path().is_empty() { "/" } else { head.uri.path() };
    let query = head.uri.query().unwrap_or_default();
    let (body, is_base64_encoded) = match body {
        [] => (None, false),
        body => match std::str::from_utf8(body) {
            Ok(text) if is_text(&head.headers) => (Some(Cow::Borrowed(text)), false),
            _ => (Some(Cow::Owned(BASE64.encode(body))), true),
        },
    };
    let event = Event {
        version: "2.0",
        route_key: ROUTE,
        raw_path: path,
        raw_query_string: query,
        cookies: cookies(&head.headers),
        headers: headers(&head.headers, &source_ip, arrival.port),
        query_string_parameters: parameters(query),
        request_context: RequestContext {
            account_id: ACCOUNT,
            api_id: API,
            // It says that the path is as it was sent: an API's own domain would have it decoded.
            domain_name: "localhost",
            domain_prefix: "localhost",
            http: Http {
                method: head.method.as_str(),
                path,
                protocol: format!("{:?}", head.version),
                source_ip: source_ip.clone(),
                user_agent: head.headers.get(USER_AGENT).map(text).unwrap_or_default(),
            },
            request_id: arrival.request_id,
            route_key: ROUTE,
            stage: ROUTE,
            time: LogTime(since_1970.as_secs()).to_string(),
            time_epoch: u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX),
        },
        body,
        is_base64_encoded,
    };
    // Of strings and numbers; nothing of it can fail.
    serde_json::to_vec(&event).unwrap_or_default()
}

/// A header's value as text. JSON has no other bytes, so what is no UTF-8 is lost, as it is on AWS.
fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// Each name once, and its values in a row. Cookies have their own place.
fn headers<'h>(headers: &'h HeaderMap, source_ip: &str, port: u16) -> BTreeMap<&'h str, String> {
    let mut joined = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| *name != COOKIE) {
        append(&mut joined, name.as_str(), &text(value));
    }
    // What API Gateway adds, the client's address at the end of what proxies before it said.
    append(&mut joined, "x-forwarded-for", source_ip);
    joined.insert("x-forwarded-port", port.to_string());
    joined.insert("x-forwarded-proto", "http".to_owned());
    joined
}

fn append<K: Ord>(joined: &mut BTreeMap<K, String>, name: K, value: &str) {
    joined
        .entry(name)
        .and_modify(|values| {
            values.push(',');
            values.push_str(value);
        })
        .or_insert_with(|| value.to_owned());
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(COOKIE).iter().map(text);
    let cookies = values.flat_map(|value| value.split(';').map(|one| one.trim().to_owned()).collect::<Vec<_>>());
    cookies.filter(|cookie| !cookie.is_empty()).collect()
}

fn parameters(query: &str) -> BTreeMap<String, String> {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let mut parameters = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        append(&mut parameters, decoded(name), &decoded(value));
    }
    parameters
}

/// Whether a body of UTF-8 goes into the event as it is. A form does not, nor does what says nothing.
fn is_text(headers: &HeaderMap) -> bool {
    if headers.contains_key(CONTENT_ENCODING) {
        return false;
    }
    let kind = headers.get(CONTENT_TYPE).map(text).unwrap_or_default().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&kind)
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

/// A time as access logs have it: `17/Dec/2018:21:37:29 +0000`.
struct LogTime(u64);

impl fmt::Display for LogTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let Self(seconds) = *self;
        let (year, month, day) = date(seconds / 86_400);
        // There is no month but these.
        let month = usize::try_from(month).ok().and_then(|month| MONTHS.get(month.wrapping_sub(1))).unwrap_or(&"");
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        write!(f, "{day:02}/{month}/{year:04}:{hour:02}:{minute:02}:{second:02} +0000")
    }
}

/// A function's answer, if it is more than a body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status_code: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<Value>>>,
    #[serde(default)]
    cookies: Option<Vec<String>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

/// The response that a function's JSON becomes.
pub(super) fn response(json: Vec<u8>) -> Result<Response<Full<Bytes>>, InvocationError> {
    let value: Value = serde_json::from_slice(&json).map_err(|error| invalid(format!("no JSON: {error}")))?;
    if value.get("statusCode").is_none() {
        return Ok(of_json(StatusCode::OK, json));
    }
    let answer = serde_json::from_value(value).map_err(|error| invalid(error.to_string()))?;
    of_answer(answer)
}

/// The response to an invocation that failed. API Gateway tells nobody why; here it is the developer who asks.
pub(super) fn failed(error: &InvocationError) -> Response<Full<Bytes>> {
    of_json(StatusCode::BAD_GATEWAY, error.to_json())
}

/// The response to a request that Lambda would not take.
pub(super) fn too_large() -> Response<Full<Bytes>> {
    let mut response = of_json(StatusCode::PAYLOAD_TOO_LARGE, br#"{"message":"Request Entity Too Large"}"#.to_vec());
    // Not all of the request may have been read.
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn of_json(status: StatusCode, json: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(json)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn of_answer(answer: Answer) -> Result<Response<Full<Bytes>>, InvocationError> {
    let Answer { status_code, headers, multi_value_headers, cookies, body, is_base64_encoded } = answer;
    let status = StatusCode::from_u16(status_code).ok().filter(|status| (200..600).contains(&status.as_u16()));
    let status = status.ok_or_else(|| invalid(format!("`statusCode` is {status_code}")))?;
    let body = body.unwrap_or_default();
    let body = match is_base64_encoded.unwrap_or_default() {
        true => BASE64.decode(body).map_err(|error| invalid(format!("`body` is no base64: {error}")))?,
        false => body.into_bytes(),
    };
    let several = multi_value_headers.unwrap_or_default();
    let mut all = HeaderMap::new();
    for (name, value) in headers.unwrap_or_default() {
        // A name in both places has its values in the second.
        if !several.keys().any(|other| other.eq_ignore_ascii_case(&name)) {
            put(&mut all, &name, &value)?;
        }
    }
    for (name, values) in &several {
        for value in values {
            put(&mut all, name, value)?;
        }
    }
    for cookie in cookies.unwrap_or_default() {
        put(&mut all, SET_COOKIE.as_str(), &Value::String(cookie))?;
    }
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    *response.headers_mut() = all;
    Ok(response)
}

fn put(headers: &mut HeaderMap, name: &str, value: &Value) -> Result<(), InvocationError> {
    let known = HeaderName::try_from(name).map_err(|_| invalid(format!("`{name}` is no name of a header")))?;
    // These are about the connection, which is the server's.
    let of_connection = [CONNECTION, CONTENT_LENGTH, TE, TRAILER, TRANSFER_ENCODING, UPGRADE];
    if of_connection.contains(&known) || known == "keep-alive" || known == "proxy-connection" {
        return Ok(());
    }
    let text = match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Number(_) | Value::Bool(_) => Cow::Owned(value.to_string()),
        _ => return Err(invalid(format!("the header `{name}` is neither text nor a number"))),
    };
    let value = HeaderValue::try_from(&*text).map_err(|_| invalid(format!("the header `{name}` can't be {text:?}")))?;
    headers.append(known, value);
    Ok(())
}

fn invalid(why: String) -> InvocationError {
    InvocationError::new("InvalidResponse", format!("the response is none for HTTP: {why}"))
}

#[cfg(test)]
mod tests {
    use http::Request;
    use http_body_util::BodyExt;
    use serde_json::json;

    use super::*;

    fn event_of(request: http::request::Builder, body: &[u8]) -> Value {
        let (head, ()) = request.body(()).unwrap().into_parts();
        let arrival = Arrival {
            peer: "192.0.2.1:50000".parse().unwrap(),
            port: 3000,
            at: SystemTime::UNIX_EPOCH + Duration::from_millis(1_545_082_649_183),
            request_id: "request-1",
        };
        serde_json::from_slice(&event(&head, body, &arrival)).unwrap()
    }

    #[test]
    fn a_request_becomes_an_event() {
        let request = Request::post("/my/p%C3%A4th?b=1&a=x+y&b=%26&flag&")
            .header("Host", "shop.example.com:3000")
            .header("User-Agent", "curl/8")
            .header("Content-Type", "application/json; charset=utf-8")
            .header("Cookie", "a=1; b=2")
            .header("Cookie", "c=3")
            .header("X-Forwarded-For", "198.51.100.7")
            .header("X-Tag", "one")
            .header("X-Tag", "two");
        let expected = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/my/p%C3%A4th",
            "rawQueryString": "b=1&a=x+y&b=%26&flag&",
            "cookies": ["a=1", "b=2", "c=3"],
            "headers": {
                "content-type": "application/json; charset=utf-8",
                "host": "shop.example.com:3000",
                "user-agent": "curl/8",
                "x-forwarded-for": "198.51.100.7,192.0.2.1",
                "x-forwarded-port": "3000",
                "x-forwarded-proto": "http",
                "x-tag": "one,two",
            },
            "queryStringParameters": { "a": "x y", "b": "1,&", "flag": "" },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "domainName": "localhost",
                "domainPrefix": "localhost",
                "http": {
                    "method": "POST",
                    "path": "/my/p%C3%A4th",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "curl/8",
                },
                "requestId": "request-1",
                "routeKey": "$default",
                "stage": "$default",
                "time": "17/Dec/2018:21:37:29 +0000",
                "timeEpoch": 1_545_082_649_183_u64,
            },
            "body": "{\"a\":1}",
            "isBase64Encoded": false,
        });
        assert_eq!(event_of(request, br#"{"a":1}"#), expected);
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let event = event_of(Request::get("/"), b"");
        for name in ["cookies", "queryStringParameters", "body"] {
            assert!(event.get(name).is_none(), "{name} is in {event}");
        }
        assert_eq!(event["isBase64Encoded"], false);
        assert_eq!(event["requestContext"]["domainName"], "localhost");
    }

    #[test]
    fn only_text_stays_as_it_is() {
        let body = |kind: &str, body: &[u8]| {
            let event = event_of(Request::post("/").header("content-type", kind), body);
            (event["body"].as_str().unwrap().to_owned(), event["isBase64Encoded"].as_bool().unwrap())
        };
        for kind in ["text/plain", "Application/JSON", "application/problem+json", "image/svg+xml"] {
            assert_eq!(body(kind, "é".as_bytes()), ("é".to_owned(), false), "{kind}");
        }
        assert_eq!(body("text/plain", b"\xe9"), ("6Q==".to_owned(), true));
        for kind in ["image/png", "application/x-www-form-urlencoded", ""] {
            assert_eq!(body(kind, b"a"), ("YQ==".to_owned(), true), "{kind}");
        }
        let request = Request::post("/").header("content-type", "text/plain").header("content-encoding", "br");
        assert_eq!(event_of(request, b"a")["body"], "YQ==");
    }

    fn answer(json: Value) -> Result<Response<Full<Bytes>>, String> {
        response(json.to_string().into_bytes()).map_err(|error| error.to_string())
    }

    fn body(response: Response<Full<Bytes>>) -> Bytes {
        // A body of one piece is there at once.
        futures_util::FutureExt::now_or_never(response.into_body().collect()).unwrap().unwrap().to_bytes()
    }

    #[test]
    fn json_becomes_a_response() {
        let response = answer(json!({
            "statusCode": 201,
            "headers": { "X-One": "1", "x-two": 2, "x-several": "0", "content-length": "99", "Connection": "close" },
            "multiValueHeaders": { "X-Several": ["a", "b"] },
            "cookies": ["s=1; Path=/", "t=2"],
            "body": "AP8=",
            "isBase64Encoded": true,
        }));
        let response = response.unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        let values = |name: &str| response.headers().get_all(name).iter().map(text).collect::<Vec<_>>();
        assert_eq!(values("x-one"), ["1"]);
        assert_eq!(values("x-two"), ["2"]);
        assert_eq!(values("x-several"), ["a", "b"]);
        assert_eq!(values("set-cookie"), ["s=1; Path=/", "t=2"]);
        assert_eq!(response.headers().len(), 6);
        assert_eq!(body(response), [0, 255][..]);
    }

    #[test]
    fn what_names_no_status_is_a_body() {
        for json in [json!({ "message": "hello" }), json!("hello"), json!(null), json!([1])] {
            let response = answer(json.clone()).unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
            assert_eq!(body(response), json.to_string().as_bytes());
        }
        let empty = answer(json!({ "statusCode": 204, "headers": null, "cookies": null, "body": null })).unwrap();
        assert!(empty.headers().is_empty());
        assert!(body(empty).is_empty());
    }

    #[test]
    fn what_is_no_response_is_refused() {
        for (json, why) in [
            (json!({ "statusCode": 99 }), "`statusCode` is 99"),
            (json!({ "statusCode": 101 }), "`statusCode` is 101"),
            (json!({ "statusCode": "200" }), "invalid type"),
            (json!({ "statusCode": 200, "body": {} }), "invalid type"),
            (json!({ "statusCode": 200, "body": "?", "isBase64Encoded": true }), "no base64"),
            (json!({ "statusCode": 200, "headers": { "a b": "1" } }), "`a b` is no name"),
            (json!({ "statusCode": 200, "headers": { "a": "1\n2" } }), "the header `a` can't be"),
            (json!({ "statusCode": 200, "headers": { "a": [] } }), "neither text"),
        ] {
            let refused = answer(json).unwrap_err();
            assert!(refused.starts_with("InvalidResponse: ") && refused.contains(why), "{refused}");
        }
    }
}
