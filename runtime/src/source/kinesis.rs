//! Amazon Kinesis Data Streams.
//!
//! Lambda goes on from the lowest sequence number that is reported, so only that one is: it and everything after
//! it comes again. Records run one after the other and stop at the first failure; with a `concurrency` the order
//! of each partition key is kept:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html>.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use futures_util::future::BoxFuture;
use serde::Deserialize;

use crate::batch::Outcome;
use crate::batch::order::Order;
use crate::call::Call;
use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord, HasBody};
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::stream::{self, StreamEvent};
use crate::source::window::{Folding, InWindow};
use crate::source::{BatchRecord, BatchSource, OnRecord};

/// The source behind `#[handler(kinesis)]`.
#[doc(hidden)]
pub struct Kinesis;

/// A record of a Kinesis event.
pub struct Record<'e> {
    fields: Fields<'e>,
    stream: Stream<'e>,
    /// Never empty: a record without a sequence number does not get this far.
    sequence_number: Cow<'e, str>,
    data: OnceLock<Result<Vec<u8>, &'static str>>,
    slot: Slot,
    folding: Option<Arc<Folding<'e>>>,
}

lazy_fields! {
    /// A record on the wire.
    struct Fields: "a Kinesis record" {
        kinesis: "kinesis",
        event_id: "eventID",
        event_source: "eventSource",
        event_source_arn: "eventSourceARN",
        aws_region: "awsRegion",
    }
}

lazy_fields! {
    /// Its part that the stream holds.
    struct Stream: "an object" {
        sequence_number: "sequenceNumber",
        partition_key: "partitionKey",
        data: "data",
        approximate_arrival_timestamp: "approximateArrivalTimestamp",
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("sequence_number", &self.sequence_number).finish_non_exhaustive()
    }
}

impl HasBody for Record<'_> {
    fn bytes(&self) -> Result<&[u8], Failure> {
        let data = self.data.get_or_init(|| lazy::base64(self.stream.data));
        data.as_deref().map_err(|what| lazy::unreadable("data", what))
    }
}

impl<'r, T: Deserialize<'r>> Decode<'r, T> for Record<'r> {
    fn decode(&'r self, _: &Context) -> Result<T, Failure> {
        decode::json(self.body()?, &self.slot)
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        &self.sequence_number
    }

    #[cfg(feature = "otel")]
    fn destination(&self) -> Option<Cow<'_, str>> {
        // A consumer of its own has an ARN behind the stream's.
        let arn = KinesisRecord(self).event_source_arn()?;
        let stream = arn.split(":stream/").nth(1)?.split('/').next()?;
        Some(Cow::Owned(stream.to_owned()))
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![KinesisRecord(self).event_id()]
    }
}

// The error names the sources, and not their types.
#[diagnostic::do_not_recommend]
impl<'r> InWindow<'r> for Record<'r> {
    fn folding(&'r self) -> Option<&'r Folding<'r>> {
        self.folding.as_deref()
    }
}

impl BatchSource for Kinesis {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = Option<Arc<Folding<'e>>>;
    type Answer = ();

    const IS_PARTIAL: bool = true;

    fn decode(event: &str) -> Result<(Self::Envelope<'_>, Vec<Record<'_>>), InvocationError> {
        let (folding, fields) = StreamEvent::<Fields<'_>>::decode(event, "a Kinesis event")?;
        let mut records = Vec::with_capacity(fields.len());
        for (index, fields) in fields.into_iter().enumerate() {
            lazy::check_source(fields.event_source, "aws:kinesis", index)?;
            let stream: Stream<'_> = lazy::part(fields.kinesis, "kinesis", index)?;
            let sequence_number = lazy::identifier(stream.sequence_number, "kinesis.sequenceNumber", index)?;
            let folding = folding.clone();
            records.push(Record { fields, stream, sequence_number, data: OnceLock::new(), slot: Slot::new(), folding });
        }
        Ok((folding, records))
    }

    fn order(records: &[Record<'_>], workers: usize) -> Order {
        stream::order(records, workers, |record| lazy::text(record.stream.partition_key))
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

/// A record with all its fields, borrowed from the event.
///
/// Taken by value next to the payload, or alone. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(kinesis(stream = "clicks"))]
/// async fn count(record: KinesisRecord<'_>) -> Result<(), Error> {
///     println!("{} bytes of {:?}", record.data()?.len(), record.partition_key());
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
#[derive(Clone, Copy)]
pub struct KinesisRecord<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for KinesisRecord<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        Ok(Self(record))
    }
}

impl fmt::Debug for KinesisRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KinesisRecord").field("sequence_number", &self.sequence_number()).finish_non_exhaustive()
    }
}

impl<'r> KinesisRecord<'r> {
    /// `eventID`: the shard's identifier and the sequence number; the same over redeliveries.
    pub fn event_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_id)
    }

    /// `sequenceNumber`: the record's place in its shard.
    pub fn sequence_number(&self) -> &'r str {
        &self.0.sequence_number
    }

    /// `partitionKey`: what the producer put records into shards by.
    pub fn partition_key(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.stream.partition_key)
    }

    /// `data`, decoded from Base64.
    ///
    /// # Errors
    /// If it is missing or not Base64.
    pub fn data(&self) -> Result<&'r [u8], Failure> {
        self.0.bytes()
    }

    /// `approximateArrivalTimestamp`, to the millisecond.
    pub fn approximate_arrival_timestamp(&self) -> Option<SystemTime> {
        lazy::seconds(self.0.stream.approximate_arrival_timestamp)
    }

    /// `eventSourceARN`: the stream's ARN, or that of its consumer.
    pub fn event_source_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_source_arn)
    }

    /// `awsRegion`: the stream's region.
    pub fn aws_region(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.aws_region)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"p","sequenceNumber":"496",
            "data":"eyJpZCI6ImEifQ==","approximateArrivalTimestamp":1545084650.987,"encryptionType":null},"eventSource":"aws:kinesis",
            "eventID":"shardId-000000000006:496","eventSourceARN":"arn:aws:kinesis:eu-west-1:1:stream/s","awsRegion":"eu-west-1"}]}"#;
        let (folding, records) = Kinesis::decode(event).unwrap();
        assert!(folding.is_none());
        let record = KinesisRecord(&records[0]);
        assert_eq!(record.event_id().as_deref(), Some("shardId-000000000006:496"));
        assert_eq!((record.sequence_number(), record.partition_key().as_deref()), ("496", Some("p")));
        assert_eq!(record.data().unwrap(), br#"{"id":"a"}"#);
        let arrived = SystemTime::UNIX_EPOCH + Duration::from_millis(1_545_084_650_987);
        assert_eq!(record.approximate_arrival_timestamp(), Some(arrived));
        assert_eq!(record.event_source_arn().as_deref(), Some("arn:aws:kinesis:eu-west-1:1:stream/s"));
        assert_eq!(record.aws_region().as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn what_cannot_be_named_fails_the_invocation() {
        let refusal = |event: &str| Kinesis::decode(event).map(|_| ()).unwrap_err().error_message;
        assert!(refusal(r#"{"Records":[{"kinesis":{}}]}"#).contains("`Records[0].kinesis.sequenceNumber` is missing"));
        assert!(refusal(r#"{"Records":[{"kinesis":7}]}"#).contains("`Records[0].kinesis` is not an object"));
        assert!(refusal(r#"{"Records":[{}]}"#).contains("`Records[0].kinesis` is not an object"));
        assert!(refusal(r#"{"Records":[{"eventSource":"aws:sqs"}]}"#).contains("comes from `aws:sqs`"));
        assert!(refusal("{}").contains("missing field `Records`"));
    }

    #[test]
    fn odd_data_fails_its_record_alone() {
        let event = r#"{"Records":[{"kinesis":{"sequenceNumber":"1","data":"?"}},{"kinesis":{"sequenceNumber":"2","data":"/w=="}},
            {"kinesis":{"sequenceNumber":"3"}}]}"#;
        let (_, records) = Kinesis::decode(event).unwrap();
        let message = |index: usize| records[index].body().unwrap_err().message().to_owned();
        assert_eq!(message(0), "the record's `data` is not Base64");
        assert_eq!(message(1), "the record's data is not UTF-8 text");
        assert_eq!(message(2), "the record's `data` is missing");
    }
}
