//! Events as Lambda hands them out.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde_json::{Value, json};

/// One invocation: an event, and the headers that come with it.
#[derive(Clone, Debug)]
pub struct Event {
    /// `Lambda-Runtime-Aws-Request-Id`.
    pub request_id: String,
    /// `Lambda-Runtime-Invocation-Id`.
    pub invocation_id: String,
    /// `Lambda-Runtime-Trace-Id`.
    pub trace_id: String,
    /// `Lambda-Runtime-Deadline-Ms`.
    pub deadline: SystemTime,
    /// The event itself.
    pub body: Bytes,
}

impl Event {
    /// An event of JSON.
    pub fn new(body: &Value) -> Self {
        Self::raw(body.to_string())
    }

    /// An event of any bytes, with identifiers of its own and five minutes left.
    pub fn raw(body: impl Into<Bytes>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            request_id: format!("8476a536-e9f4-11e8-9739-{number:012x}"),
            invocation_id: format!("invocation-{number}"),
            trace_id: format!("Root=1-5bef4de7-{number:024x};Parent=9a9197af755a6419;Sampled=1"),
            deadline: SystemTime::now() + Duration::from_secs(300),
            body: body.into(),
        }
    }

    /// The same, with this much time left from now.
    pub fn with_left(self, left: Duration) -> Self {
        Self { deadline: SystemTime::now() + left, ..self }
    }

    pub(crate) fn deadline_ms(&self) -> String {
        self.deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis().to_string()
    }
}

/// An SQS event of records with these identifiers and bodies of JSON.
pub fn sqs<'a>(records: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    let records: Vec<(&str, String)> = records.into_iter().map(|(id, body)| (id, body.to_string())).collect();
    sqs_texts(records.iter().map(|(id, body)| (*id, body.as_str())))
}

/// An SQS event of records with these identifiers and bodies, whatever they hold.
pub fn sqs_texts<'a>(records: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let record = |(id, body): (&str, &str)| {
        json!({
            "messageId": id,
            "receiptHandle": format!("receipt-{id}"),
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1545082649183",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1545082649185",
            },
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:orders",
            "awsRegion": "us-east-2",
        })
    };
    json!({ "Records": records.into_iter().map(record).collect::<Vec<_>>() })
}
