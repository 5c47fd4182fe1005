//! Amazon DynamoDB Streams.
//!
//! Lambda goes on from the lowest sequence number that is reported, so only that one is. Records run one after the
//! other and stop at the first failure; with a `concurrency` the order of each item, which its key attributes tell,
//! is kept: <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_dynamo::Item;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::batch::Outcome;
use crate::batch::order::Order;
use crate::call::Call;
use crate::context::Context;
use crate::decode;
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord};
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::stream::{self, StreamEvent};
use crate::source::window::{Folding, InWindow};
use crate::source::{BatchRecord, BatchSource, OnRecord};

/// The source behind `#[handler(dynamodb)]`.
#[doc(hidden)]
pub struct DynamoDb;

/// A record of a DynamoDB Streams event.
pub struct Record<'e> {
    fields: Fields<'e>,
    stream: Stream<'e>,
    /// Never empty: a record without a sequence number does not get this far.
    sequence_number: Cow<'e, str>,
    folding: Option<Arc<Folding<'e>>>,
}

lazy_fields! {
    /// A record on the wire.
    struct Fields: "a DynamoDB record" {
        dynamodb: "dynamodb",
        event_id: "eventID",
        event_name: "eventName",
        event_source: "eventSource",
        event_source_arn: "eventSourceARN",
        aws_region: "awsRegion",
        user_identity: "userIdentity",
    }
}

lazy_fields! {
    /// Its part that the stream holds.
    struct Stream: "an object" {
        sequence_number: "SequenceNumber",
        keys: "Keys",
        new_image: "NewImage",
        old_image: "OldImage",
        stream_view_type: "StreamViewType",
        approximate_creation_date_time: "ApproximateCreationDateTime",
        size_bytes: "SizeBytes",
    }
}

/// What happened to an item: the payload of `#[handler(dynamodb)]`.
///
/// `N` is what the new item decodes into, `O` the old one; attribute values become plain ones through
/// [`serde_dynamo`](https://docs.rs/serde_dynamo), so both own their text. Which images a record holds is up to the
/// stream's [view type][v]; in the place of one that it leaves out, the item's key attributes are decoded:
///
/// | view type | payload |
/// |---|---|
/// | `NEW_AND_OLD_IMAGES` | `Change<Order>` |
/// | `NEW_IMAGE` | `Change<Order, OrderKey>` |
/// | `OLD_IMAGE` | `Change<OrderKey, Order>` |
/// | `KEYS_ONLY` | `Change<OrderKey>` |
///
/// Numbers become Rust's, of up to 64 bits, where DynamoDB's have 38 digits. A binary value wants a field that takes
/// serde's bytes, such as a `serde_bytes::ByteBuf`; a `serde_json::Value` holds none.
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Order { id: String, total: u64 }
///
/// #[handler(dynamodb(table = "orders", view = "NEW_AND_OLD_IMAGES"))]
/// async fn mirror(change: Change<Order>) -> Result<(), Error> {
///     match change {
///         Change::Insert { new } => println!("{} for {}", new.id, new.total),
///         Change::Modify { old, new } => println!("{} from {} to {}", new.id, old.total, new.total),
///         Change::Remove { old } => println!("{} is gone", old.id),
///     }
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [v]: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<N, O = N> {
    /// `INSERT`: there was no such item.
    Insert {
        /// The item.
        new: N,
    },
    /// `MODIFY`: at least one attribute has another value.
    Modify {
        /// The item before.
        old: O,
        /// The item after.
        new: N,
    },
    /// `REMOVE`: the item is gone; deleted by somebody, or by its time to live.
    Remove {
        /// The item as it was.
        old: O,
    },
}

impl<N, O> Change<N, O> {
    /// The item after the change, if it is still there.
    pub fn new_image(&self) -> Option<&N> {
        match self {
            Self::Insert { new } | Self::Modify { new, .. } => Some(new),
            Self::Remove { .. } => None,
        }
    }

    /// The item before the change, if it was there.
    pub fn old_image(&self) -> Option<&O> {
        match self {
            Self::Modify { old, .. } | Self::Remove { old } => Some(old),
            Self::Insert { .. } => None,
        }
    }
}

// Owned: serde_dynamo lends nothing of an item, so that a type which borrows would compile and never decode.
impl<'r, N: DeserializeOwned, O: DeserializeOwned> Decode<'r, Change<N, O>> for Record<'r> {
    fn decode(&'r self, _: &Context) -> Result<Change<N, O>, Failure> {
        let Stream { new_image, old_image, keys, .. } = self.stream;
        match lazy::text(self.fields.event_name).as_deref() {
            Some("INSERT") => Ok(Change::Insert { new: image("NewImage", new_image, keys)? }),
            Some("MODIFY") => {
                let old = image("OldImage", old_image, keys)?;
                Ok(Change::Modify { old, new: image("NewImage", new_image, keys)? })
            }
            Some("REMOVE") => Ok(Change::Remove { old: image("OldImage", old_image, keys)? }),
            _ => Err(Failure::malformed("the record's `eventName` is none of INSERT, MODIFY, REMOVE")),
        }
    }
}

/// Decodes an image, or the keys where the stream's view type leaves it out.
fn image<T: DeserializeOwned>(name: &str, image: Lazy<'_>, keys: Lazy<'_>) -> Result<T, Failure> {
    let image = image.filter(|image| image.get() != "null");
    let (found, attributes) = match image {
        Some(image) => (name, Some(image)),
        None => ("Keys", keys),
    };
    let decoded = attributes.map(RawValue::get).map(serde_json::from_str::<Item>);
    let error = match decoded {
        None => return Err(Failure::malformed(format!("the record has neither `{name}` nor `Keys`"))),
        // What serde_dynamo says of it would quote the item.
        Some(Err(_)) => "it is not a map of attribute values".to_owned(),
        Some(Ok(item)) => match serde_dynamo::from_item(item) {
            Ok(item) => return Ok(item),
            // serde_dynamo quotes a number that it can't parse, in quotes of its own.
            Err(error) => match error.to_string() {
                message if message.contains('\'') => "a number is not of the field's type".to_owned(),
                message => message,
            },
        },
    };
    let into = std::any::type_name::<T>();
    let reason = decode::without_values(&error);
    let hint = match image {
        None if name != found => {
            format!("; the stream's view type leaves `{name}` out, so the keys were decoded in its place")
        }
        _ => String::new(),
    };
    Err(Failure::malformed(format!("the record's `{found}` does not decode into `{into}`: {reason}{hint}")))
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("sequence_number", &self.sequence_number).finish_non_exhaustive()
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        &self.sequence_number
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![DynamoDbRecord(self).event_id()]
    }
}

// The error names the sources, and not their types.
#[diagnostic::do_not_recommend]
impl<'r> InWindow<'r> for Record<'r> {
    fn folding(&'r self) -> Option<&'r Folding<'r>> {
        self.folding.as_deref()
    }
}

impl BatchSource for DynamoDb {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = Option<Arc<Folding<'e>>>;
    type Answer = ();

    const IS_PARTIAL: bool = true;

    fn decode(event: &str) -> Result<(Self::Envelope<'_>, Vec<Record<'_>>), InvocationError> {
        let (folding, fields) = StreamEvent::<Fields<'_>>::decode(event, "a DynamoDB Streams event")?;
        let mut records = Vec::with_capacity(fields.len());
        for (index, fields) in fields.into_iter().enumerate() {
            lazy::check_source(fields.event_source, "aws:dynamodb", index)?;
            let stream: Stream<'_> = lazy::part(fields.dynamodb, "dynamodb", index)?;
            let sequence_number = lazy::identifier(stream.sequence_number, "dynamodb.SequenceNumber", index)?;
            records.push(Record { fields, stream, sequence_number, folding: folding.clone() });
        }
        Ok((folding, records))
    }

    fn order(records: &[Record<'_>], workers: usize) -> Order {
        stream::order(records, workers, |record| key(record.stream.keys))
    }

    fn keep(record: &Record<'_>, (): ()) {
        stream::commit(record);
    }

    fn forget(record: &Record<'_>) {
        stream::forget(record);
    }

    fn close<'c, 'e: 'c, H: OnRecord<Self>>(
        handler: &'c H,
        folding: &'c Self::Envelope<'e>,
        call: &'c Call<'c>,
    ) -> Option<BoxFuture<'c, Result<(), InvocationError>>> {
        stream::close::<Self, H>(handler, folding.as_deref(), call)
    }

    fn respond(
        folding: &Self::Envelope<'_>,
        records: &[Record<'_>],
        outcomes: &[Outcome],
    ) -> Result<Vec<u8>, InvocationError> {
        stream::respond(folding.as_deref(), records, outcomes)
    }
}

/// The item that a record is about, however its keys are written.
fn key(keys: Lazy<'_>) -> Option<BTreeMap<String, Value>> {
    keys.and_then(|keys| serde_json::from_str(keys.get()).ok())
}

/// A record with all its fields, borrowed from the event.
///
/// Taken by value next to the payload, or alone. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Key { id: String }
///
/// #[handler(dynamodb(view = "KEYS_ONLY"))]
/// async fn purge(change: Change<Key>, record: DynamoDbRecord<'_>) -> Result<(), Error> {
///     if let (Change::Remove { old }, true) = (change, record.is_expired()) {
///         println!("item {} has reached its time to live", old.id);
///     }
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
#[derive(Clone, Copy)]
pub struct DynamoDbRecord<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for DynamoDbRecord<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        Ok(Self(record))
    }
}

impl fmt::Debug for DynamoDbRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoDbRecord").field("sequence_number", &self.sequence_number()).finish_non_exhaustive()
    }
}

impl<'r> DynamoDbRecord<'r> {
    /// `eventID`: the same over redeliveries.
    pub fn event_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_id)
    }

    /// `eventName`: `INSERT`, `MODIFY` or `REMOVE`.
    pub fn event_name(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_name)
    }

    /// `SequenceNumber`: the record's place in its shard.
    pub fn sequence_number(&self) -> &'r str {
        &self.0.sequence_number
    }

    /// `Keys`: the item's key attributes.
    ///
    /// # Errors
    /// If they are missing, or do not decode into `T`.
    pub fn keys<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        image("Keys", None, self.0.stream.keys)
    }

    /// `StreamViewType`: which images the stream's records hold.
    pub fn stream_view_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.stream.stream_view_type)
    }

    /// `ApproximateCreationDateTime`, to the second, or finer where DynamoDB says more.
    pub fn approximate_creation_date_time(&self) -> Option<SystemTime> {
        lazy::seconds(self.0.stream.approximate_creation_date_time)
    }

    /// `SizeBytes`: the size of the record in the stream.
    pub fn size_bytes(&self) -> Option<u64> {
        lazy::number(self.0.stream.size_bytes)
    }

    /// `userIdentity.principalId`: who made the change, where a service did.
    pub fn principal_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.user_identity, "principalId"))
    }

    /// Whether the item was removed because of its [time to live][ttl].
    ///
    /// [ttl]: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
    pub fn is_expired(&self) -> bool {
        self.principal_id().is_some_and(|principal| principal == "dynamodb.amazonaws.com")
    }

    /// `eventSourceARN`: the stream's ARN.
    pub fn event_source_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_source_arn)
    }

    /// `awsRegion`: the table's region.
    pub fn aws_region(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.aws_region)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Order {
        id: String,
        total: u32,
        tags: Option<Vec<String>>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Key {
        id: String,
    }

    fn change<N: DeserializeOwned, O: DeserializeOwned>(name: &str, stream: &str) -> Result<Change<N, O>, Failure> {
        let event = format!(r#"{{"Records":[{{"eventName":"{name}","dynamodb":{{"SequenceNumber":"1",{stream}}}}}]}}"#);
        let (_, records) = DynamoDb::decode(&event).unwrap();
        let context = Context::new(lambda_runtime::Context::default());
        records[0].decode(&context)
    }

    fn order(id: &str, total: u32) -> Order {
        Order { id: id.to_owned(), total, tags: None }
    }

    const KEYS: &str = r#""Keys":{"id":{"S":"a"}}"#;
    const NEW: &str = r#""NewImage":{"id":{"S":"a"},"total":{"N":"2"},"tags":{"NULL":true},"more":{"B":"AQ=="}}"#;
    const OLD: &str = r#""OldImage":{"id":{"S":"a"},"total":{"N":"1"}}"#;

    #[test]
    fn images_become_payloads() {
        let both = format!("{KEYS},{NEW},{OLD}");
        assert_eq!(change("INSERT", NEW), Ok(Change::<_, Order>::Insert { new: order("a", 2) }));
        assert_eq!(change("MODIFY", &both), Ok(Change::Modify { old: order("a", 1), new: order("a", 2) }));
        assert_eq!(change("REMOVE", OLD), Ok(Change::<Order, _>::Remove { old: order("a", 1) }));
    }

    #[test]
    fn keys_stand_in_for_an_image_that_the_view_type_leaves_out() {
        let key = || Key { id: "a".to_owned() };
        let new = format!("{KEYS},{NEW}");
        assert_eq!(change("MODIFY", &new), Ok(Change::Modify { old: key(), new: order("a", 2) }));
        assert_eq!(change("REMOVE", KEYS), Ok(Change::<Key>::Remove { old: key() }));
        let failure = change::<Order, Order>("REMOVE", KEYS).unwrap_err();
        assert!(failure.message().contains("the stream's view type leaves `OldImage` out"), "{failure}");
    }

    #[test]
    fn what_does_not_decode_names_no_value() {
        let secret = r#""NewImage":{"id":{"S":"a"},"total":{"S":"hunter2"}}"#;
        let failure = change::<Order, Order>("INSERT", secret).unwrap_err();
        assert!(!failure.message().contains("hunter2"), "{failure}");
        let number = r#""NewImage":{"id":{"S":"a"},"total":{"N":"hunter2"}}"#;
        let failure = change::<Order, Order>("INSERT", number).unwrap_err();
        assert!(!failure.message().contains("hunter2"), "{failure}");
        let odd = r#""NewImage":{"id":{"hunter2":"a"}}"#;
        let failure = change::<Order, Order>("INSERT", odd).unwrap_err();
        assert!(!failure.message().contains("hunter2"), "{failure}");
        assert!(change::<Order, Order>("INSERT", r#""NewImage":7"#).is_err());
        assert!(change::<Order, Order>("INSERT", r#""SizeBytes":7"#).is_err());
        assert!(change::<Order, Order>("UPSERT", NEW).is_err());
    }

    #[test]
    fn an_item_is_the_same_however_its_keys_are_written() {
        let raw = |json| Some(serde_json::from_str(json).unwrap());
        let one = key(raw(r#"{"a":{"S":"x"},"b":{"N":"1"}}"#));
        assert_eq!(one, key(raw(r#"{ "b": {"N": "1"}, "a": {"S": "\u0078"} }"#)));
        assert!(one.is_some() && key(None).is_none());
    }
}
