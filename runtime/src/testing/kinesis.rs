//! Kinesis events for tests.

use serde::Serialize;
use serde_json::{Value, json};

use crate::testing::IntoEvent;
use crate::testing::common::{self, Window};

const SHARD: &str = "shardId-000000000000";

/// A batch of records from one shard, as Lambda hands it to a function; of a tumbling window, if something is said
/// about one.
///
/// ```
/// use lambkin::testing::kinesis::{Batch, Record};
/// use serde_json::json;
///
/// let batch = Batch::of([json!({"id": "a"}), json!({"id": "b"})]);
/// let windowed = Batch::new()
///     .record(Record::json(&json!({"amount": 3})).key("eu"))
///     .record(Record::bytes([0xff]).key("us").sequence_number("900"))
///     .window("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z")
///     .state(json!({"amount": 4}))
///     .last();
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    stream: String,
    records: Vec<Record>,
    window: Option<Window>,
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch without records, from a stream named `stream`.
    pub fn new() -> Self {
        Self { stream: "stream".to_owned(), records: Vec::new(), window: None }
    }

    /// A batch with a record per payload.
    pub fn of<T: Serialize>(payloads: impl IntoIterator<Item = T>) -> Self {
        payloads.into_iter().fold(Self::new(), |batch, payload| batch.record(Record::json(&payload)))
    }

    /// The stream's name.
    #[must_use]
    pub fn stream(mut self, name: &str) -> Self {
        self.stream = name.to_owned();
        self
    }

    /// Adds a record. Without a sequence number of its own, its index is that.
    #[must_use]
    pub fn record(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }

    /// When the window starts and ends, as RFC 3339 writes it.
    #[must_use]
    pub fn window(mut self, start: &str, end: &str) -> Self {
        self.window.get_or_insert_default().set_bounds(start, end);
        self
    }

    /// The window's state before this batch; `{}` by default, as for the window's first.
    ///
    /// # Panics
    /// If the state does not serialise.
    #[must_use]
    pub fn state(mut self, state: impl Serialize) -> Self {
        self.window.get_or_insert_default().set_state(state);
        self
    }

    /// Makes this the window's last batch.
    #[must_use]
    pub fn last(mut self) -> Self {
        self.window.get_or_insert_default().set_last();
        self
    }
}

impl IntoEvent for Batch {
    fn into_event(self) -> Vec<u8> {
        let arn = common::arn("kinesis", &format!("stream/{}", self.stream));
        let records = self.records.into_iter().enumerate();
        let records = records.map(|(index, record)| record.into_record(index, &arn)).collect();
        common::stream_event(records, self.window, SHARD, &arn).into_event()
    }
}

/// One record of a [`Batch`].
#[derive(Clone, Debug)]
pub struct Record {
    data: Vec<u8>,
    key: String,
    sequence_number: Option<String>,
}

impl Record {
    /// A record with this payload as JSON.
    ///
    /// # Panics
    /// If the payload does not serialise.
    pub fn json<T: Serialize>(payload: &T) -> Self {
        Self::bytes(common::to_json(payload))
    }

    /// A record with this data as it is, text or bytes.
    pub fn bytes(data: impl Into<Vec<u8>>) -> Self {
        Self { data: data.into(), key: "key".to_owned(), sequence_number: None }
    }

    /// The partition key; the same one for each record by default.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.key = key.to_owned();
        self
    }

    /// The sequence number.
    #[must_use]
    pub fn sequence_number(mut self, number: &str) -> Self {
        self.sequence_number = Some(number.to_owned());
        self
    }

    fn into_record(self, index: usize, arn: &str) -> Value {
        let sequence_number = self.sequence_number.unwrap_or_else(|| index.to_string());
        json!({
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": self.key,
                "sequenceNumber": sequence_number,
                "data": common::base64(&self.data),
                "approximateArrivalTimestamp": 1_545_082_649.183
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": format!("{SHARD}:{sequence_number}"),
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": "arn:aws:iam::123456789012:role/function",
            "awsRegion": "us-east-1",
            "eventSourceARN": arn
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::HasBody;
    use crate::source::kinesis::Kinesis;
    use crate::source::window::Window;
    use crate::source::{BatchRecord, BatchSource};

    #[test]
    fn a_batch_is_an_event_of_its_source() {
        let batch = Batch::of([json!({"id": "a"})]).record(Record::bytes("b").sequence_number("900"));
        let event = String::from_utf8(batch.into_event()).unwrap();
        let (folding, records) = Kinesis::decode(&event).unwrap();
        assert!(folding.is_none());
        let bodies: Vec<_> = records.iter().map(|record| (record.id(), record.body().unwrap())).collect();
        assert_eq!(bodies, [("0", r#"{"id":"a"}"#), ("900", "b")]);
    }

    #[test]
    fn a_window_is_whatever_is_said_about_it() {
        let event = String::from_utf8(Batch::new().state(json!([1])).last().into_event()).unwrap();
        let (folding, _) = Kinesis::decode(&event).unwrap();
        let window = Window::required(folding.as_deref()).unwrap();
        assert!(window.is_final() && window.start() < window.end());
        assert_eq!(window.into_state::<Vec<u32>>().unwrap(), [1]);
    }
}
