//! DynamoDB Streams events for tests.

use serde::Serialize;
use serde_dynamo::Item;
use serde_json::{Map, Value, json};

use crate::testing::IntoEvent;
use crate::testing::common::{self, Window};

/// A batch of records from one shard of a table's stream, as Lambda hands it to a function; of a tumbling window, if
/// something is said about one.
///
/// ```
/// use lambkin::testing::dynamodb::{Batch, Record, View};
/// use serde_json::json;
///
/// let inserts = Batch::of([json!({"id": "a"}), json!({"id": "b"})]);
/// let batch = Batch::new()
///     .record(Record::modify(&json!({"order": "a", "total": 1}), &json!({"order": "a", "total": 2})))
///     .record(Record::remove(&json!({"order": "b", "total": 3})).expired())
///     .keys(["order"])
///     .view(View::OldImage);
/// ```
#[derive(Clone, Debug)]
pub struct Batch {
    table: String,
    keys: Vec<String>,
    view: View,
    records: Vec<Record>,
    window: Option<Window>,
}

/// Which images the records of a stream hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum View {
    /// The items after and before the change.
    NewAndOldImages,
    /// The items after the change.
    NewImage,
    /// The items before the change.
    OldImage,
    /// The key attributes only.
    KeysOnly,
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch without records, from a table named `table` whose key is `id` and whose stream holds all images.
    pub fn new() -> Self {
        Self {
            table: "table".to_owned(),
            keys: vec!["id".to_owned()],
            view: View::NewAndOldImages,
            records: Vec::new(),
            window: None,
        }
    }

    /// A batch with an item inserted per payload.
    pub fn of<T: Serialize>(items: impl IntoIterator<Item = T>) -> Self {
        items.into_iter().fold(Self::new(), |batch, item| batch.record(Record::insert(&item)))
    }

    /// The table's name.
    #[must_use]
    pub fn table(mut self, name: &str) -> Self {
        self.table = name.to_owned();
        self
    }

    /// The names of the table's key attributes. One that an item does not have is left out of its keys.
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, names: impl IntoIterator<Item = K>) -> Self {
        self.keys = names.into_iter().map(Into::into).collect();
        self
    }

    /// The stream's view type.
    #[must_use]
    pub fn view(mut self, view: View) -> Self {
        self.view = view;
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
        let arn = common::arn("dynamodb", &format!("table/{}/stream/2018-12-17T00:00:00.000", self.table));
        let records = self.records.into_iter().enumerate();
        let records = records.map(|(index, record)| record.into_record(index, &self.keys, self.view, &arn)).collect();
        common::stream_event(records, self.window, "shardId-00000001545000000000-00000000", &arn).into_event()
    }
}

/// One record of a [`Batch`].
#[derive(Clone, Debug)]
pub struct Record {
    name: &'static str,
    new: Option<Map<String, Value>>,
    old: Option<Map<String, Value>>,
    sequence_number: Option<String>,
    is_expired: bool,
}

impl Record {
    /// An item that is new.
    ///
    /// # Panics
    /// If it does not serialise into an item.
    pub fn insert<T: Serialize>(new: &T) -> Self {
        Self::of("INSERT", Some(attributes(new)), None)
    }

    /// An item that has changed.
    ///
    /// # Panics
    /// If one of the two does not serialise into an item.
    pub fn modify<T: Serialize>(old: &T, new: &T) -> Self {
        Self::of("MODIFY", Some(attributes(new)), Some(attributes(old)))
    }

    /// An item that is gone.
    ///
    /// # Panics
    /// If it does not serialise into an item.
    pub fn remove<T: Serialize>(old: &T) -> Self {
        Self::of("REMOVE", None, Some(attributes(old)))
    }

    fn of(name: &'static str, new: Option<Map<String, Value>>, old: Option<Map<String, Value>>) -> Self {
        Self { name, new, old, sequence_number: None, is_expired: false }
    }

    /// The sequence number.
    #[must_use]
    pub fn sequence_number(mut self, number: &str) -> Self {
        self.sequence_number = Some(number.to_owned());
        self
    }

    /// The change is DynamoDB's own, because the item reached its time to live.
    #[must_use]
    pub fn expired(mut self) -> Self {
        self.is_expired = true;
        self
    }

    fn into_record(self, index: usize, keys: &[String], view: View, arn: &str) -> Value {
        let attributes = self.new.iter().chain(&self.old).flatten();
        let keys: Map<String, Value> = attributes
            .filter(|(name, _)| keys.contains(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let new = self.new.filter(|_| matches!(view, View::NewAndOldImages | View::NewImage));
        let old = self.old.filter(|_| matches!(view, View::NewAndOldImages | View::OldImage));
        let mut stream = json!({
            "ApproximateCreationDateTime": 1_545_082_649,
            "Keys": keys,
            "SequenceNumber": self.sequence_number.unwrap_or_else(|| index.to_string()),
            "SizeBytes": 42,
            "StreamViewType": view
        });
        for (name, image) in [("NewImage", new), ("OldImage", old)] {
            if let (Some(image), Some(stream)) = (image, stream.as_object_mut()) {
                stream.insert(name.to_owned(), image.into());
            }
        }
        let mut record = json!({
            "eventID": format!("event-{index}"),
            "eventName": self.name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": stream,
            "eventSourceARN": arn
        });
        if let (true, Some(record)) = (self.is_expired, record.as_object_mut()) {
            let identity = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
            record.insert("userIdentity".to_owned(), identity);
        }
        record
    }
}

/// An item's attributes with their types.
#[allow(clippy::expect_used, reason = "a test's item that does not serialise is a mistake in the test")]
fn attributes<T: Serialize>(item: &T) -> Map<String, Value> {
    let item: Item = serde_dynamo::to_item(item).expect("the item serialises");
    match common::to_value(item) {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Context;
    use crate::record::{Decode, FromRecord};
    use crate::source::dynamodb::{Change, DynamoDb, DynamoDbRecord};
    use crate::source::{BatchRecord, BatchSource};

    fn event(batch: Batch) -> String {
        String::from_utf8(batch.into_event()).unwrap()
    }

    #[test]
    fn a_batch_is_an_event_of_its_source() {
        let (old, new) = (json!({"id": "a", "n": 1}), json!({"id": "a", "n": 2, "tags": ["x"], "none": null}));
        let batch = Batch::of([&new]).record(Record::modify(&old, &new)).record(Record::remove(&old).expired());
        let event = event(batch);
        let (_, records) = DynamoDb::decode(&event).unwrap();
        let context = Context::new(lambda_runtime::Context::default());
        let changes: Vec<Change<Value>> = records.iter().map(|record| record.decode(&context).unwrap()).collect();
        let modify = Change::Modify { old: old.clone(), new: new.clone() };
        assert_eq!(changes, [Change::Insert { new }, modify, Change::Remove { old }]);
        assert_eq!(records[1].id(), "1");
        let taken: Vec<_> =
            records.iter().map(|record| DynamoDbRecord::from_record(record, &context).unwrap()).collect();
        assert!(taken[2].is_expired() && !taken[1].is_expired());
        assert_eq!(taken[2].keys::<Value>().unwrap(), json!({"id": "a"}));
    }

    #[test]
    fn the_view_type_leaves_images_out() {
        let item = json!({"order": "a", "line": 1, "total": 2});
        let keys = json!({"order": "a", "line": 1});
        for (view, new, old) in [
            (View::NewImage, &item, &keys),
            (View::OldImage, &keys, &item),
            (View::KeysOnly, &keys, &keys),
            (View::NewAndOldImages, &item, &item),
        ] {
            let record = Record::modify(&item, &item);
            let event = event(Batch::new().keys(["order", "line"]).view(view).record(record));
            let (_, records) = DynamoDb::decode(&event).unwrap();
            let context = Context::new(lambda_runtime::Context::default());
            let change: Change<Value> = records[0].decode(&context).unwrap();
            assert_eq!(change, Change::Modify { old: old.clone(), new: new.clone() });
        }
        let event = event(Batch::new().view(View::NewAndOldImages).record(Record::insert(&item)).last());
        assert!(event.contains("NEW_AND_OLD_IMAGES"));
        assert!(DynamoDb::decode(&event).unwrap().0.is_some());
    }
}
