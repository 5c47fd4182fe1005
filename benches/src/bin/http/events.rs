//! The requests of `benches/http/events/requests.json`, as the events of three front ends.
//!
//! The templates beside it are what AWS documents, in the order of members that AWS sends. They are filled as texts, because
//! a `Value` would sort the members, and parsers stop or go on depending on which comes first.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

/// One request, and what is answered.
#[derive(Deserialize)]
pub(crate) struct Request {
    /// The method and the pattern of the path.
    pub(crate) route: String,
    path: String,
    #[serde(default)]
    query: Vec<(String, String)>,
    body: Option<Value>,
    /// The status that it has to be answered with.
    pub(crate) status: u16,
}

/// All of them.
pub(crate) fn requests() -> Vec<Request> {
    serde_json::from_str(include_str!("../../../http/events/requests.json")).unwrap()
}

/// What stands in front of the function.
#[derive(Clone, Copy)]
pub(crate) enum FrontEnd {
    HttpApi,
    RestApi,
    Alb,
}

impl FrontEnd {
    pub(crate) const ALL: [Self; 3] = [Self::HttpApi, Self::RestApi, Self::Alb];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HttpApi => "HTTP API (2.0)",
            Self::RestApi => "REST API (1.0)",
            Self::Alb => "load balancer",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::HttpApi => include_str!("../../../http/events/http.json"),
            Self::RestApi => include_str!("../../../http/events/rest.json"),
            Self::Alb => include_str!("../../../http/events/alb.json"),
        }
    }

    /// The request as its event.
    pub(crate) fn event(self, request: &Request) -> String {
        let (method, _) = request.route.split_once(' ').unwrap();
        let body = request.body.as_ref().map(Value::to_string);
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let encoded: Vec<(String, String)> =
            request.query.iter().map(|(name, value)| (encode(name), encode(value))).collect();
        let sent: Vec<String> = encoded.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let fields: BTreeMap<_, _> = request.query.iter().cloned().collect();
        let lists: BTreeMap<_, _> = request.query.iter().map(|(name, value)| (name, [value])).collect();
        let encoded: BTreeMap<_, _> = encoded.into_iter().collect();

        let mut event = compact(self.template());
        if body.is_none() {
            event = without(&event, r#""content-length":"$length","#);
            event = without(&event, r#""content-type":"application/json","#);
            event = without(&event, r#""content-type":["application/json"],"#);
        }
        let (no_query, no_body) = match self {
            // What is not there has no member.
            Self::HttpApi => {
                if request.query.is_empty() {
                    event = without(&event, r#""queryStringParameters":"$fields","#);
                }
                if body.is_none() {
                    event = without(&event, r#""body":"$body","#);
                }
                (json!({}), Value::Null)
            }
            Self::RestApi => (Value::Null, Value::Null),
            Self::Alb => (json!({}), json!("")),
        };
        let or_nothing = |query: Value| if request.query.is_empty() { no_query.clone() } else { query };
        let length = body.as_ref().map_or(0, String::len);
        let values = [
            (r#""$fields""#, or_nothing(json!(fields)).to_string()),
            (r#""$lists""#, or_nothing(json!(lists)).to_string()),
            (r#""$encoded""#, or_nothing(json!(encoded)).to_string()),
            ("$query", sent.join("&")),
            ("$length", length.to_string()),
            ("$method", method.to_owned()),
            ("$path", request.path.clone()),
            ("$proxy", request.path.trim_start_matches('/').to_owned()),
            // The last one, because it may hold anything.
            (r#""$body""#, body.map_or(no_body, Value::String).to_string()),
        ];
        for (name, value) in values {
            event = event.replace(name, &value);
        }
        let parsed: Result<Value, _> = serde_json::from_str(&event);
        assert!(parsed.is_ok(), "{}: {event}", request.route);
        event
    }
}

/// The text without what has no meaning in JSON: AWS sends events in one line.
fn compact(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    json.chars()
        .filter(|&char| {
            if is_escaped {
                is_escaped = false;
            } else {
                is_escaped = is_text && char == '\\';
                is_text ^= char == '"';
            }
            is_text || !char.is_ascii_whitespace()
        })
        .collect()
}

fn without(event: &str, member: &str) -> String {
    event.replace(member, "")
}
