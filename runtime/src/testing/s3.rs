//! S3 events for tests.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::testing::IntoEvent;

/// A notification of a bucket, as Lambda hands it to a function.
///
/// A record is called by its object and its sequencer, such as `uploads/red flower.jpg#0`.
///
/// ```
/// use lambkin::testing::s3::{Notification, Record};
///
/// let notification = Notification::new()
///     .put("uploads", "red flower.jpg")
///     .delete("uploads", "old.jpg")
///     .record(Record::new("ObjectRestore:Completed", "archive", "2024.tar").size(1 << 30).version_id("v1"));
/// let test = Notification::test_event();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Notification {
    records: Vec<Record>,
}

impl Notification {
    /// A notification without records.
    pub fn new() -> Self {
        Self::default()
    }

    /// What S3 sends when notifications are set up: an event without records.
    pub fn test_event() -> Value {
        json!({
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": "2018-12-17T21:37:29.183Z",
            "Bucket": "bucket",
            "RequestId": "request",
            "HostId": "host"
        })
    }

    /// Adds an object that was put, with this key in plain.
    #[must_use]
    pub fn put(self, bucket: &str, key: &str) -> Self {
        self.record(Record::new("ObjectCreated:Put", bucket, key).size(1024))
    }

    /// Adds an object that was deleted, with this key in plain.
    #[must_use]
    pub fn delete(self, bucket: &str, key: &str) -> Self {
        self.record(Record::new("ObjectRemoved:Delete", bucket, key))
    }

    /// Adds a record. Without a sequencer of its own, its index is that.
    #[must_use]
    pub fn record(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }
}

impl IntoEvent for Notification {
    fn into_event(self) -> Vec<u8> {
        let records = self.records.into_iter().enumerate();
        let records: Vec<Value> = records.map(|(index, record)| record.into_record(index)).collect();
        json!({ "Records": records }).into_event()
    }
}

/// One record of a [`Notification`].
#[derive(Clone, Debug)]
pub struct Record {
    event_name: String,
    bucket: String,
    key: String,
    size: Option<u64>,
    version_id: Option<String>,
    sequencer: Option<String>,
}

impl Record {
    /// What happened, such as `ObjectCreated:Copy`, to the object with this key in plain.
    pub fn new(event_name: &str, bucket: &str, key: &str) -> Self {
        Self {
            event_name: event_name.to_owned(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            size: None,
            version_id: None,
            sequencer: None,
        }
    }

    /// The object's size; one that has a size has an ETag too.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// The object's version.
    #[must_use]
    pub fn version_id(mut self, id: &str) -> Self {
        self.version_id = Some(id.to_owned());
        self
    }

    /// The sequencer.
    #[must_use]
    pub fn sequencer(mut self, sequencer: &str) -> Self {
        self.sequencer = Some(sequencer.to_owned());
        self
    }

    fn into_record(self, index: usize) -> Value {
        let mut object = json!({
            "key": encoded(&self.key),
            "sequencer": self.sequencer.unwrap_or_else(|| index.to_string())
        });
        let e_tag = self.size.map(|_| Value::from("d41d8cd98f00b204e9800998ecf8427e"));
        let fields =
            [("size", self.size.map(Value::from)), ("eTag", e_tag), ("versionId", self.version_id.map(Value::from))];
        for (name, value) in fields {
            if let (Some(value), Some(object)) = (value, object.as_object_mut()) {
                object.insert(name.to_owned(), value);
            }
        }
        json!({
            "eventVersion": "2.5",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": "2018-12-17T21:37:29.183Z",
            "eventName": self.event_name,
            "userIdentity": { "principalId": "AWS:AIDAIENQZJOLO23YVJ4VO" },
            "requestParameters": { "sourceIPAddress": "203.0.113.17" },
            "responseElements": { "x-amz-request-id": format!("request-{index}"), "x-amz-id-2": "host" },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "configuration",
                "bucket": {
                    "name": self.bucket,
                    "ownerIdentity": { "principalId": "owner" },
                    "arn": format!("arn:aws:s3:::{}", self.bucket)
                },
                "object": object
            }
        })
    }
}

/// A key as S3 writes it: like the value of a form, but for its slashes.
fn encoded(key: &str) -> String {
    const ENCODED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b' ').remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'*');
    utf8_percent_encode(key, ENCODED).to_string().replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::context::Context;
    use crate::record::FromRecord;
    use crate::source::s3::{S3, S3Event};
    use crate::source::{BatchRecord, BatchSource};

    fn event(event: impl IntoEvent) -> String {
        String::from_utf8(event.into_event()).unwrap()
    }

    #[test]
    fn a_notification_is_an_event_of_its_source() {
        let copy = Record::new("ObjectCreated:Copy", "b", "c").version_id("v").sequencer("00ff");
        let event = event(Notification::new().put("uploads", "red flower.jpg").delete("uploads", "a").record(copy));
        assert!(event.contains("red+flower.jpg"));
        let ((), records) = S3::decode(&event).unwrap();
        let ids: Vec<&str> = records.iter().map(BatchRecord::id).collect();
        assert_eq!(ids, ["uploads/red flower.jpg#0", "uploads/a#1", "b/c#00ff"]);
        let context = Context::new(lambda_runtime::Context::default());
        let events: Vec<_> = records.iter().map(|record| S3Event::from_record(record, &context).unwrap()).collect();
        assert_eq!((events[0].size(), events[1].size()), (Some(1024), None));
        assert!(events[0].e_tag().is_some() && events[1].e_tag().is_none());
        assert_eq!(events[2].version_id().as_deref(), Some("v"));
        assert!(events[0].event_time().is_some());
    }

    #[test]
    fn a_test_event_has_no_records() {
        assert!(S3::decode(&event(Notification::test_event())).unwrap().1.is_empty());
    }

    proptest! {
        #[test]
        fn a_key_comes_out_as_it_went_in(key in any::<String>()) {
            let event = event(Notification::new().put("b", &key));
            let ((), records) = S3::decode(&event).unwrap();
            let context = Context::new(lambda_runtime::Context::default());
            prop_assert_eq!(S3Event::from_record(&records[0], &context).unwrap().key(), key);
        }
    }
}
