//! Kafka events for tests.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::testing::IntoEvent;
use crate::testing::common;

/// A batch of records from one topic, as Lambda hands it to a function.
///
/// ```
/// use lambkin::testing::kafka::{Batch, Record};
/// use serde_json::json;
///
/// let batch = Batch::of([json!({"id": "a"}), json!({"id": "b"})]);
/// let mixed = Batch::new()
///     .topic("profiles")
///     .record(Record::json(&json!({"name": "Ada"})).key("user-1").header("trace", "abc"))
///     .record(Record::tombstone().key("user-2").partition(1));
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    topic: String,
    records: Vec<Record>,
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch without records, from a topic named `topic`.
    pub fn new() -> Self {
        Self { topic: "topic".to_owned(), records: Vec::new() }
    }

    /// A batch of partition 0 with a record per payload.
    pub fn of<T: Serialize>(payloads: impl IntoIterator<Item = T>) -> Self {
        payloads.into_iter().fold(Self::new(), |batch, payload| batch.record(Record::json(&payload)))
    }

    /// The topic's name.
    #[must_use]
    pub fn topic(mut self, name: &str) -> Self {
        self.topic = name.to_owned();
        self
    }

    /// Adds a record. Without an offset of its own, its index in its partition is that.
    #[must_use]
    pub fn record(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }
}

impl IntoEvent for Batch {
    fn into_event(self) -> Vec<u8> {
        let mut partitions = Map::new();
        for record in self.records {
            let name = format!("{}-{}", self.topic, record.partition);
            if let Value::Array(records) = partitions.entry(name).or_insert_with(|| json!([])) {
                records.push(record.into_record(records.len(), &self.topic));
            }
        }
        json!({
            "eventSource": "aws:kafka",
            "eventSourceArn": common::arn("kafka", "cluster/cluster/1"),
            "bootstrapServers": "b-1.example.com:9092,b-2.example.com:9092",
            "records": partitions
        })
        .into_event()
    }
}

/// One record of a [`Batch`].
#[derive(Clone)]
pub struct Record {
    partition: u32,
    offset: Option<u64>,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Vec<Value>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("partition", &self.partition)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}

impl Record {
    /// A record with this payload as JSON, in partition 0.
    ///
    /// # Panics
    /// If the payload does not serialise.
    pub fn json<T: Serialize>(payload: &T) -> Self {
        Self::bytes(common::to_json(payload))
    }

    /// A record with this value as it is, text or bytes, in partition 0.
    pub fn bytes(value: impl Into<Vec<u8>>) -> Self {
        Self { value: Some(value.into()), ..Self::tombstone() }
    }

    /// A record without a value, in partition 0.
    pub fn tombstone() -> Self {
        Self { partition: 0, offset: None, key: None, value: None, headers: Vec::new() }
    }

    /// The partition.
    #[must_use]
    pub fn partition(mut self, number: u32) -> Self {
        self.partition = number;
        self
    }

    /// The offset.
    #[must_use]
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = Some(offset);
        self
    }

    /// The key; none by default.
    #[must_use]
    pub fn key(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push(json!({ name: value.into() }));
        self
    }

    fn into_record(self, index: usize, topic: &str) -> Value {
        let encoded = |bytes: Option<Vec<u8>>| bytes.map(|bytes| common::base64(&bytes));
        json!({
            "topic": topic,
            "partition": self.partition,
            "offset": self.offset.unwrap_or(index as u64),
            "timestamp": 1_545_082_649_183_u64,
            "timestampType": "CREATE_TIME",
            "key": encoded(self.key),
            "value": encoded(self.value),
            "headers": self.headers
        })
    }
}
