//! Apache Kafka: Amazon MSK and self-managed clusters.
//!
//! Records of a partition run in the order in which they came, and a failure leaves the rest of its partition
//! unprocessed; partitions run side by side. Lambda delivers the records again that are reported, each named by an
//! object: <https://docs.aws.amazon.com/lambda/latest/dg/kafka-retry-configurations.html>. So all of what a failure
//! leaves is reported, and not its first record alone, as for a stream with a checkpoint.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;
use std::time::SystemTime;

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::batch::order::Order;
use crate::batch::{Outcome, response};
use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord, HasBody};
use crate::source::lazy::{self, Lazy, Text, lazy_fields};
use crate::source::{BatchRecord, BatchSource};

/// The source behind `#[handler(kafka)]`.
#[doc(hidden)]
pub struct Kafka;

/// A record of a Kafka event.
pub struct Record<'e> {
    fields: Fields<'e>,
    envelope: Envelope<'e>,
    /// Topic and partition, as Lambda names them.
    partition: Cow<'e, str>,
    offset: i64,
    id: String,
    value: OnceLock<Option<Result<Vec<u8>, &'static str>>>,
    slot: Slot,
}

lazy_fields! {
    /// A record on the wire.
    struct Fields: "a Kafka record" {
        topic: "topic",
        partition: "partition",
        offset: "offset",
        timestamp: "timestamp",
        timestamp_type: "timestampType",
        key: "key",
        value: "value",
        headers: "headers",
        key_schema_metadata: "keySchemaMetadata",
        value_schema_metadata: "valueSchemaMetadata",
    }
}

/// What the event says about all of its records.
#[derive(Clone, Copy)]
struct Envelope<'e> {
    event_source_arn: Lazy<'e>,
    bootstrap_servers: Lazy<'e>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'e> {
    #[serde(borrow)]
    event_source: Lazy<'e>,
    #[serde(borrow)]
    event_source_arn: Lazy<'e>,
    #[serde(borrow)]
    bootstrap_servers: Lazy<'e>,
    #[serde(borrow)]
    records: Partitions<'e>,
}

/// The records of each partition, in the event's order.
struct Partitions<'e>(Vec<(Cow<'e, str>, Vec<Fields<'e>>)>);

impl<'de: 'e, 'e> Deserialize<'de> for Partitions<'e> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Partitions<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("lists of records by partition")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut partitions = Vec::new();
                while let Some((Text(partition), records)) = map.next_entry()? {
                    partitions.push((partition, records));
                }
                Ok(Partitions(partitions))
            }
        }

        deserializer.deserialize_map(Visitor)
    }
}

/// How the response names a record. The keys stand here and nowhere else.
#[derive(Serialize)]
struct Identifier<'a> {
    partition: &'a str,
    offset: i64,
}

impl Record<'_> {
    /// The value; `None` for a tombstone, whose value is null or missing.
    fn value(&self) -> Result<Option<&[u8]>, Failure> {
        let value = self.value.get_or_init(|| {
            let is_there = self.fields.value.is_some_and(|value| value.get() != "null");
            is_there.then(|| lazy::base64(self.fields.value))
        });
        match value {
            None => Ok(None),
            Some(Ok(value)) => Ok(Some(value)),
            Some(Err(what)) => Err(lazy::unreadable("value", what)),
        }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("id", &self.id).finish_non_exhaustive()
    }
}

impl HasBody for Record<'_> {
    fn bytes(&self) -> Result<&[u8], Failure> {
        self.value()?.ok_or_else(|| Failure::malformed("the record has no value: it is a tombstone"))
    }
}

impl<'r, T: Deserialize<'r>> Decode<'r, T> for Record<'r> {
    fn decode(&'r self, _: &Context) -> Result<T, Failure> {
        match self.value()? {
            Some(_) => decode::json(self.body()?, &self.slot),
            // An `Option` takes it as `None`.
            None => serde_json::from_str("null").map_err(|_| {
                let into = std::any::type_name::<T>();
                Failure::malformed(format!("the record has no value, it is a tombstone: take an `Option<{into}>`"))
            }),
        }
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        &self.id
    }

    #[cfg(feature = "logs")]
    fn label(&self, name: &str) -> Option<Cow<'_, str>> {
        String::from_utf8(KafkaRecord(self).header(name)?).ok().map(Cow::Owned)
    }

    #[cfg(feature = "otel")]
    fn destination(&self) -> Option<Cow<'_, str>> {
        KafkaRecord(self).topic()
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        // A cluster of one's own has no ARN, and its list of servers changes with them.
        let cluster = KafkaRecord(self).event_source_arn().unwrap_or(Cow::Borrowed("self-managed"));
        vec![Some(cluster), Some(Cow::Borrowed(&self.partition)), Some(Cow::Owned(self.offset.to_string()))]
    }
}

impl BatchSource for Kafka {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    const IS_PARTIAL: bool = true;

    // As many as there are partitions.
    const CONCURRENCY: usize = usize::MAX;

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let Event { event_source, event_source_arn, bootstrap_servers, records: Partitions(partitions) } =
            lazy::envelope(event, "a Kafka event")?;
        if !lazy::text(event_source).is_none_or(|source| source == "aws:kafka" || source.ends_with("SelfManagedKafka"))
        {
            return Err(InvocationError::bad_event("the event comes from another source than Kafka"));
        }
        let envelope = Envelope { event_source_arn, bootstrap_servers };
        let mut records = Vec::with_capacity(partitions.iter().map(|(_, records)| records.len()).sum());
        for (partition, fields) in partitions {
            for (index, fields) in fields.into_iter().enumerate() {
                // A partition or an offset that is not the event's makes Lambda retry the whole batch; left
                // out, the record would be lost.
                let offset = lazy::number(fields.offset).ok_or_else(|| {
                    InvocationError::bad_event(format!(
                        "`records[…][{index}].offset` is not a number, so the record can't be named"
                    ))
                })?;
                let id = format!("{partition}/{offset}");
                let (value, slot) = (OnceLock::new(), Slot::new());
                records.push(Record { fields, envelope, partition: partition.clone(), offset, id, value, slot });
            }
        }
        Ok(((), records))
    }

    fn order(records: &[Record<'_>], _: usize) -> Order {
        Order::by_key(records.iter().map(|record| &record.partition))
    }

    fn respond(_: &(), records: &[Record<'_>], outcomes: &[Outcome]) -> Result<Vec<u8>, InvocationError> {
        let unacknowledged = response::unacknowledged(records, outcomes);
        response::partial(unacknowledged.map(|r| Identifier { partition: &r.partition, offset: r.offset }), None)
    }
}

/// A record with all its fields, borrowed from the event.
///
/// Taken by value next to the payload, or alone. The payload is the value as JSON, `None` of an `Option` for a
/// tombstone; for another format take [`RawBytes`](crate::RawBytes), or implement [`FromRecord`] for the payload's
/// type. A tombstone has no bytes to take: where there are some, read [`value`](Self::value). See the
/// [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Profile<'a> { name: &'a str }
///
/// #[handler(kafka(topic = "profiles"))]
/// async fn index(profile: Option<Profile<'_>>, record: KafkaRecord<'_>) -> Result<(), Error> {
///     let user = record.key()?.ok_or_else(|| Error::msg("no key"))?;
///     match profile {
///         Some(profile) => println!("{} is called {}", String::from_utf8_lossy(&user), profile.name),
///         None => println!("{} is gone", String::from_utf8_lossy(&user)),
///     }
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
#[derive(Clone, Copy)]
pub struct KafkaRecord<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for KafkaRecord<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        Ok(Self(record))
    }
}

impl fmt::Debug for KafkaRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KafkaRecord").field("id", &self.0.id).finish_non_exhaustive()
    }
}

impl<'r> KafkaRecord<'r> {
    /// Topic, partition and offset as one text, the same over redeliveries: `orders-0/15`.
    pub fn id(&self) -> &'r str {
        &self.0.id
    }

    /// `topic`.
    pub fn topic(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.topic)
    }

    /// `partition`.
    pub fn partition(&self) -> Option<i32> {
        lazy::number(self.0.fields.partition)
    }

    /// `offset`: the record's place in its partition.
    pub fn offset(&self) -> i64 {
        self.0.offset
    }

    /// `timestamp`, to the millisecond: of the record's creation, or of its arrival in the log, as
    /// [`timestamp_type`](Self::timestamp_type) says.
    pub fn timestamp(&self) -> Option<SystemTime> {
        lazy::millis(self.0.fields.timestamp)
    }

    /// `timestampType`: `CREATE_TIME` or `LOG_APPEND_TIME`.
    pub fn timestamp_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.timestamp_type)
    }

    /// `key`, decoded from Base64; `None` for a record without a key.
    ///
    /// # Errors
    /// If it is not Base64.
    pub fn key(&self) -> Result<Option<Vec<u8>>, Failure> {
        match self.0.fields.key.filter(|key| key.get() != "null") {
            None => Ok(None),
            key => lazy::base64(key).map(Some).map_err(|what| lazy::unreadable("key", what)),
        }
    }

    /// `value`, decoded from Base64; `None` for a tombstone.
    ///
    /// # Errors
    /// If it is not Base64.
    pub fn value(&self) -> Result<Option<&'r [u8]>, Failure> {
        self.0.value()
    }

    /// The last header of this name, which is the one that counts in Kafka.
    pub fn header(&self, name: &str) -> Option<Vec<u8>> {
        self.headers().into_iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// `headers`, in their order; a name may stand there more than once.
    pub fn headers(&self) -> Vec<(Cow<'r, str>, Vec<u8>)> {
        let headers = lazy::items(self.0.fields.headers).into_iter().flat_map(|header| lazy::fields(Some(header)));
        headers.filter_map(|(name, value)| Some((name, header_bytes(Some(value))?))).collect()
    }

    /// `valueSchemaMetadata.schemaId`, where a schema registry is in use.
    pub fn value_schema_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.value_schema_metadata, "schemaId"))
    }

    /// `valueSchemaMetadata.dataFormat`: `JSON`, `AVRO` or `PROTOBUF`.
    pub fn value_data_format(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.value_schema_metadata, "dataFormat"))
    }

    /// `keySchemaMetadata.schemaId`, where a schema registry is in use.
    pub fn key_schema_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.key_schema_metadata, "schemaId"))
    }

    /// `keySchemaMetadata.dataFormat`: `JSON`, `AVRO` or `PROTOBUF`.
    pub fn key_data_format(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.key_schema_metadata, "dataFormat"))
    }

    /// `eventSourceArn`: the ARN of an MSK cluster.
    pub fn event_source_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.envelope.event_source_arn)
    }

    /// `bootstrapServers`: the cluster's addresses, separated by commas.
    pub fn bootstrap_servers(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.envelope.bootstrap_servers)
    }
}

/// Bytes as a list of numbers, which are signed where Lambda's Java shows through.
fn header_bytes(list: Lazy<'_>) -> Option<Vec<u8>> {
    let numbers: Vec<i16> = serde_json::from_str(list?.get()).ok()?;
    let byte = |number: i16| u8::try_from(number).ok().or_else(|| i8::try_from(number).ok().map(i8::cast_unsigned));
    numbers.into_iter().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn records(event: &str) -> Vec<Record<'_>> {
        Kafka::decode(event).unwrap().1
    }

    fn decoded<'r, T: Deserialize<'r>>(record: &'r Record<'r>) -> Result<T, Failure> {
        record.decode(&Context::new(lambda_runtime::Context::default()))
    }

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"eventSource":"aws:kafka","eventSourceArn":"arn:c","bootstrapServers":"b-1:9092,b-2:9092",
            "records":{"t-0":[{"topic":"t","partition":0,"offset":15,"timestamp":1545084650987,"timestampType":"CREATE_TIME",
            "key":"aw==","value":"MQ==","headers":[{"a":[104,105]},{"a":[-1,255]},{"odd":["x"]}],
            "valueSchemaMetadata":{"dataFormat":"AVRO","schemaId":"7"},"keySchemaMetadata":{"dataFormat":"JSON","schemaId":8}}]}}"#;
        let records = records(event);
        let record = KafkaRecord(&records[0]);
        assert_eq!((record.id(), record.offset()), ("t-0/15", 15));
        assert_eq!((record.topic().as_deref(), record.partition()), (Some("t"), Some(0)));
        assert_eq!(record.timestamp(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_545_084_650_987)));
        assert_eq!(record.timestamp_type().as_deref(), Some("CREATE_TIME"));
        assert_eq!(record.key().unwrap(), Some(b"k".to_vec()));
        assert_eq!(record.value().unwrap(), Some(&b"1"[..]));
        assert_eq!(record.headers().len(), 2);
        assert_eq!(record.header("a"), Some(vec![255, 255]));
        assert_eq!(record.value_schema_id().as_deref(), Some("7"));
        assert_eq!(record.value_data_format().as_deref(), Some("AVRO"));
        assert_eq!(record.key_schema_id().as_deref(), Some("8"));
        assert_eq!(record.key_data_format().as_deref(), Some("JSON"));
        assert_eq!(record.event_source_arn().as_deref(), Some("arn:c"));
        assert_eq!(record.bootstrap_servers().as_deref(), Some("b-1:9092,b-2:9092"));
        assert_eq!(decoded::<u32>(&records[0]), Ok(1));
    }

    #[test]
    fn partitions_stand_as_they_came() {
        let record = |offset: u32| format!(r#"{{"offset":{offset}}}"#);
        let event = format!(r#"{{"records":{{"t-1":[{},{}],"t-0":[{}]}}}}"#, record(7), record(5), record(9));
        let records = records(&event);
        let ids: Vec<&str> = records.iter().map(BatchRecord::id).collect();
        assert_eq!(ids, ["t-1/7", "t-1/5", "t-0/9"]);
        assert_eq!(Kafka::order(&records, 1), Order::by_key("aab".chars()));
    }

    #[test]
    fn a_tombstone_is_no_empty_value() {
        let event = r#"{"records":{"t-0":[{"offset":1},{"offset":2,"value":null},{"offset":3,"value":""}]}}"#;
        let records = records(event);
        for tombstone in &records[..2] {
            assert_eq!(decoded::<Option<u32>>(tombstone), Ok(None));
            assert!(decoded::<u32>(tombstone).unwrap_err().message().contains("take an `Option<u32>`"));
            assert!(tombstone.bytes().unwrap_err().message().contains("tombstone"));
        }
        assert_eq!(records[2].bytes().unwrap(), b"");
        assert!(decoded::<Option<u32>>(&records[2]).is_err());
    }

    #[test]
    fn what_cannot_be_named_fails_the_invocation() {
        let refusal = |event: &str| Kafka::decode(event).map(|_| ()).unwrap_err().error_message;
        assert!(refusal(r#"{"records":{"t-0":[{}]}}"#).contains("offset` is not a number"));
        assert!(refusal(r#"{"records":[]}"#).contains("expected lists of records by partition"));
        assert!(refusal(r#"{"eventSource":"aws:sqs","records":{}}"#).contains("another source than Kafka"));
        assert!(refusal("{}").contains("missing field `records`"));
        assert!(Kafka::decode(r#"{"eventSource":"SelfManagedKafka","records":{}}"#).is_ok());
    }
}
