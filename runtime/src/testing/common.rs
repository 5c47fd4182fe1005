//! What the builders of events share.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};

/// The ARN of something in the account and region of all events.
pub(crate) fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:us-east-1:123456789012:{resource}")
}

#[allow(clippy::expect_used, reason = "a test's payload that does not serialise is a mistake in the test")]
pub(crate) fn to_json<T: Serialize>(payload: &T) -> String {
    serde_json::to_string(payload).expect("the payload serialises")
}

#[allow(clippy::expect_used, reason = "a test's payload that does not serialise is a mistake in the test")]
pub(crate) fn to_value<T: Serialize>(payload: T) -> Value {
    serde_json::to_value(payload).expect("the payload serialises")
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[allow(clippy::expect_used, reason = "a response that is not what it says must fail the test")]
pub(crate) fn from_base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).expect("the text is Base64")
}

/// A tumbling window around the records of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    start: String,
    end: String,
    state: Value,
    is_last: bool,
}

impl Default for Window {
    fn default() -> Self {
        let (start, end) = ("2018-12-17T21:36:00Z".to_owned(), "2018-12-17T21:38:00Z".to_owned());
        Self { start, end, state: json!({}), is_last: false }
    }
}

impl Window {
    pub(crate) fn set_bounds(&mut self, start: &str, end: &str) {
        (self.start, self.end) = (start.to_owned(), end.to_owned());
    }

    pub(crate) fn set_state(&mut self, state: impl Serialize) {
        self.state = to_value(state);
    }

    pub(crate) fn set_last(&mut self) {
        self.is_last = true;
    }
}

/// The event of a stream.
pub(crate) fn stream_event(records: Vec<Value>, window: Option<Window>, shard: &str, arn: &str) -> Value {
    let Some(Window { start, end, state, is_last }) = window else {
        return json!({ "Records": records });
    };
    json!({
        "Records": records,
        "window": { "start": start, "end": end },
        "state": state,
        "shardId": shard,
        "eventSourceARN": arn,
        "isFinalInvokeForWindow": is_last,
        "isWindowTerminatedEarly": false
    })
}
