//! Amazon SQS, standard and FIFO queues.
//!
//! Records run on their own; those of a FIFO queue, which its ARN's `.fifo` tells, in the order of their
//! message group. A failure in a group leaves the rest of that group unprocessed and reported:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use serde::Deserialize;

use crate::batch::order::Order;
use crate::batch::{Outcome, response};
use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord, HasBody};
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::{BatchRecord, BatchSource, Messages};
#[cfg(feature = "logs")]
use crate::telemetry::spans::XRAY_HEADER;

/// The source behind `#[handler(sqs)]`.
#[doc(hidden)]
pub struct Sqs;

/// A record of an SQS event.
pub struct Record<'e> {
    fields: Fields<'e>,
    /// Never empty: a record without an identifier does not get this far.
    id: Cow<'e, str>,
    body: Result<Cow<'e, str>, &'static str>,
    slot: Slot,
}

lazy_fields! {
    /// A record on the wire.
    struct Fields: "an SQS message" {
        message_id: "messageId",
        body: "body",
        receipt_handle: "receiptHandle",
        attributes: "attributes",
        message_attributes: "messageAttributes",
        md5_of_body: "md5OfBody",
        md5_of_message_attributes: "md5OfMessageAttributes",
        event_source: "eventSource",
        event_source_arn: "eventSourceARN",
        aws_region: "awsRegion",
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the body nor the receipt handle belongs in a log.
        f.debug_struct("Record").field("message_id", &self.id).finish_non_exhaustive()
    }
}

impl<'e> Record<'e> {
    fn is_fifo(&self) -> bool {
        lazy::text(self.fields.event_source_arn).is_some_and(|arn| arn.ends_with(".fifo"))
    }

    fn attributes(&self) -> SqsAttributes<'e> {
        SqsAttributes(self.fields.attributes)
    }
}

impl HasBody for Record<'_> {
    fn body(&self) -> Result<&str, Failure> {
        match &self.body {
            Ok(body) => Ok(body),
            Err(what) => Err(lazy::unreadable("body", what)),
        }
    }

    fn bytes(&self) -> Result<&[u8], Failure> {
        self.body().map(str::as_bytes)
    }
}

impl<'r, T: Deserialize<'r>> Decode<'r, T> for Record<'r> {
    fn decode(&'r self, _: &Context) -> Result<T, Failure> {
        decode::json(self.body()?, &self.slot)
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        &self.id
    }

    fn receive_count(&self) -> Option<u64> {
        self.attributes().approximate_receive_count()
    }

    #[cfg(feature = "logs")]
    fn label(&self, name: &str) -> Option<Cow<'_, str>> {
        match name {
            // An attribute of SQS's own: <https://docs.aws.amazon.com/xray/latest/devguide/xray-services-sqs.html>.
            XRAY_HEADER => lazy::text(lazy::field(self.fields.attributes, "AWSTraceHeader")),
            _ => lazy::text(lazy::field(lazy::field(self.fields.message_attributes, name), "stringValue")),
        }
    }

    #[cfg(feature = "otel")]
    fn destination(&self) -> Option<Cow<'_, str>> {
        SqsMessage(self).queue_name()
    }
}

// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>: the sender's
// identifier is unique within its queue, and with `FifoThroughputScope: perMessageGroupId` within its group.
impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        if !self.is_fifo() {
            return vec![Some(Cow::Borrowed(&self.id))];
        }
        let attributes = self.attributes();
        let queue = lazy::text(self.fields.event_source_arn);
        vec![queue, attributes.message_group_id(), attributes.message_deduplication_id()]
    }
}

#[derive(Deserialize)]
struct Envelope<'e> {
    #[serde(rename = "Records", borrow)]
    records: Vec<Fields<'e>>,
}

impl BatchSource for Sqs {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    const IS_PARTIAL: bool = true;

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let envelope: Envelope<'_> = lazy::envelope(event, "an SQS event")?;
        let mut records = Vec::with_capacity(envelope.records.len());
        for (index, fields) in envelope.records.into_iter().enumerate() {
            lazy::check_source(fields.event_source, "aws:sqs", index)?;
            let id = lazy::identifier(fields.message_id, "messageId", index)?;
            let body = lazy::string(fields.body);
            records.push(Record { fields, id, body, slot: Slot::new() });
        }
        Ok(((), records))
    }

    fn order(records: &[Record<'_>], _: usize) -> Order {
        if records.iter().any(Record::is_fifo) {
            // A FIFO queue gives at most 10 messages, and each has a group. One that lost it shares a lane with its like,
            // which keeps the order whatever the group was.
            let groups: Vec<_> = records.iter().map(|record| record.attributes().message_group_id()).collect();
            Order::by_few_keys(&groups)
        } else {
            Order::none(records.len())
        }
    }

    fn respond(_: &(), records: &[Record<'_>], outcomes: &[Outcome]) -> Result<Vec<u8>, InvocationError> {
        response::partial(response::unacknowledged(records, outcomes).map(BatchRecord::id), None)
    }
}

impl Messages for Sqs {
    type Message<'r> = SqsMessage<'r>;

    fn message<'r>(record: &'r Record<'r>) -> SqsMessage<'r> {
        SqsMessage(record)
    }
}

/// A message with all its fields, borrowed from the event.
///
/// Taken by value next to the payload, or alone. Fields besides the identifier and the body are decoded
/// when they are asked for. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(sqs)]
/// async fn audit(message: SqsMessage<'_>) -> Result<(), Error> {
///     if message.attributes().approximate_receive_count() > Some(1) {
///         println!("{} was delivered before", message.message_id());
///     }
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
#[derive(Clone, Copy)]
pub struct SqsMessage<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for SqsMessage<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        // One that is there and can't be read must not pass for an empty one.
        if record.fields.body.is_some() {
            record.body()?;
        }
        Ok(Self(record))
    }
}

impl fmt::Debug for SqsMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqsMessage").field("message_id", &self.message_id()).finish_non_exhaustive()
    }
}

impl<'r> SqsMessage<'r> {
    /// `messageId`: the same over redeliveries.
    pub fn message_id(&self) -> &'r str {
        &self.0.id
    }

    /// `body`, empty if the record has none.
    pub fn body(&self) -> &'r str {
        self.0.body.as_deref().unwrap_or_default()
    }

    /// `receiptHandle`: another one on each delivery, so it is no key to recognise a message by.
    pub fn receipt_handle(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.receipt_handle)
    }

    /// `attributes`: what SQS itself says about the message.
    pub fn attributes(&self) -> SqsAttributes<'r> {
        self.0.attributes()
    }

    /// The attribute that the sender gave this name, from `messageAttributes`.
    pub fn message_attribute(&self, name: &str) -> Option<MessageAttribute<'r>> {
        lazy::field(self.0.fields.message_attributes, name).map(|attribute| MessageAttribute(Some(attribute)))
    }

    /// All attributes that the sender gave, by name, in their order.
    pub fn message_attributes(&self) -> Vec<(Cow<'r, str>, MessageAttribute<'r>)> {
        let attributes = lazy::fields(self.0.fields.message_attributes);
        attributes.into_iter().map(|(name, attribute)| (name, MessageAttribute(Some(attribute)))).collect()
    }

    /// `md5OfBody`, as SQS computed it.
    pub fn md5_of_body(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.md5_of_body)
    }

    /// `md5OfMessageAttributes`, as SQS computed it.
    pub fn md5_of_message_attributes(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.md5_of_message_attributes)
    }

    /// `eventSource`: `aws:sqs`.
    pub fn event_source(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_source)
    }

    /// `eventSourceARN`: the queue's ARN.
    pub fn event_source_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_source_arn)
    }

    /// The queue's name, the last part of its ARN.
    pub fn queue_name(&self) -> Option<Cow<'r, str>> {
        match self.event_source_arn()? {
            Cow::Borrowed(arn) => Some(Cow::Borrowed(arn.rsplit(':').next()?)),
            Cow::Owned(arn) => Some(Cow::Owned(arn.rsplit(':').next()?.to_owned())),
        }
    }

    /// `awsRegion`: the queue's region.
    pub fn aws_region(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.aws_region)
    }
}

/// What SQS says about a message: its `attributes`.
///
/// A field that is absent, or not of the form that SQS documents, is `None`.
#[derive(Clone, Copy, Default)]
pub struct SqsAttributes<'r>(Lazy<'r>);

impl<'r> SqsAttributes<'r> {
    /// `ApproximateReceiveCount`: deliveries so far, this one included.
    pub fn approximate_receive_count(&self) -> Option<u64> {
        lazy::number(lazy::field(self.0, "ApproximateReceiveCount"))
    }

    /// `ApproximateFirstReceiveTimestamp`, to the millisecond.
    pub fn approximate_first_receive_timestamp(&self) -> Option<SystemTime> {
        lazy::millis(lazy::field(self.0, "ApproximateFirstReceiveTimestamp"))
    }

    /// `SentTimestamp`, to the millisecond.
    pub fn sent_timestamp(&self) -> Option<SystemTime> {
        lazy::millis(lazy::field(self.0, "SentTimestamp"))
    }

    /// `SenderId`: the sender's user or role identifier.
    pub fn sender_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "SenderId"))
    }

    /// `SequenceNumber`, of FIFO queues.
    pub fn sequence_number(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "SequenceNumber"))
    }

    /// `MessageGroupId`: the order of a FIFO queue, the fairness of a standard one.
    pub fn message_group_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "MessageGroupId"))
    }

    /// `MessageDeduplicationId`, of FIFO queues.
    pub fn message_deduplication_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "MessageDeduplicationId"))
    }

    /// `AWSTraceHeader`: the sender's X-Ray trace.
    pub fn aws_trace_header(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "AWSTraceHeader"))
    }

    /// `DeadLetterQueueSourceArn`: the queue that a redriven message came from.
    pub fn dead_letter_queue_source_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "DeadLetterQueueSourceArn"))
    }
}

/// An attribute of the sender's, with its type.
#[derive(Clone, Copy)]
pub struct MessageAttribute<'r>(Lazy<'r>);

impl<'r> MessageAttribute<'r> {
    /// `stringValue`, of the types `String` and `Number`.
    pub fn string_value(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "stringValue"))
    }

    /// `binaryValue`, of the type `Binary`, in base64 as it came.
    pub fn binary_value_base64(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "binaryValue"))
    }

    /// `dataType`: `String`, `Number` or `Binary`, maybe with a suffix of the sender's.
    pub fn data_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "dataType"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn decode(event: &str) -> Result<Vec<Record<'_>>, InvocationError> {
        Sqs::decode(event).map(|(_, records)| records)
    }

    fn order(event: &str) -> Order {
        Sqs::order(&decode(event).unwrap(), 1)
    }

    fn ids(event: &str) -> Vec<String> {
        decode(event).unwrap().iter().map(|r| r.id().to_owned()).collect()
    }

    fn refusal(event: &str) -> String {
        decode(event).unwrap_err().error_message
    }

    #[test]
    fn what_cannot_be_named_fails_the_invocation() {
        let missing = r#"{"Records":[{"messageId":"a","body":"1"},{"body":"2"}]}"#;
        assert!(refusal(missing).contains("`Records[1].messageId` is missing"), "{}", refusal(missing));
        assert!(refusal(r#"{"Records":[{"messageId":"","body":"1"}]}"#).contains("is empty"));
        assert!(refusal(r#"{"Records":[{"messageId":null,"body":"1"}]}"#).contains("is missing"));
        assert!(refusal(r#"{"Records":[{"messageId":7,"body":"1"}]}"#).contains("is not a string"));
        assert!(refusal(r#"{"Records":[{"messageId":"a","messageId":"b"}]}"#).contains("duplicate field"));
        assert!(refusal(r#"{"Records":[7]}"#).contains("invalid type: integer, expected an SQS message at line 1"));
        assert!(refusal(r#"{"records":[]}"#).contains("not an SQS event: missing field `Records`"));
        assert!(refusal("{\"Records\":[").contains("not JSON"));
        assert!(refusal(r#" [[{"messageId":"a","body":"1"}]]"#).contains("not an SQS event: it is a list"));
        let other = r#"{"Records":[{"messageId":"a","body":"1","eventSource":"aws:sns"}]}"#;
        assert!(refusal(other).contains("comes from `aws:sns`"));
    }

    #[test]
    fn an_odd_record_that_can_be_named_fails_alone() {
        let event = r#"{"Records":[{"messageId":"a","body":{"x":1}},{"messageId":"b"},{"messageId":"c","body":"ok"}]}"#;
        assert_eq!(ids(event), ["a", "b", "c"]);
        let records = decode(event).unwrap();
        let bodies: Vec<bool> = records.iter().map(|r| r.body().is_ok()).collect();
        assert_eq!(bodies, [false, false, true]);
    }

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"Records":[{"messageId":"m\u002d1","receiptHandle":"r","body":"b","md5OfBody":"5","md5OfMessageAttributes":null,
            "attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1545082649183.5","SenderId":"s","MessageGroupId":"g",
            "ApproximateFirstReceiveTimestamp":1545082649185,"MessageDeduplicationId":"d","SequenceNumber":"18","New":"x",
            "AWSTraceHeader":"Root=1","DeadLetterQueueSourceArn":"arn:dlq"},
            "messageAttributes":{"t":{"stringValue":"acme","stringListValues":[],"dataType":"String"},"b":{"binaryValue":"AQ==","dataType":"Binary"}},
            "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:1:orders.fifo","awsRegion":"eu-west-1"}]}"#;
        let records = decode(event).unwrap();
        let message = SqsMessage(&records[0]);
        assert_eq!((message.message_id(), message.body()), ("m-1", "b"));
        assert_eq!(message.receipt_handle().as_deref(), Some("r"));
        assert_eq!(message.md5_of_body().as_deref(), Some("5"));
        assert_eq!(message.md5_of_message_attributes(), None);
        assert_eq!(message.queue_name().as_deref(), Some("orders.fifo"));
        assert_eq!(message.event_source().as_deref(), Some("aws:sqs"));
        assert_eq!(message.aws_region().as_deref(), Some("eu-west-1"));
        let attributes = message.attributes();
        assert_eq!(attributes.approximate_receive_count(), Some(3));
        let sent = SystemTime::UNIX_EPOCH + Duration::from_millis(1_545_082_649_183);
        assert_eq!(attributes.sent_timestamp(), Some(sent));
        assert_eq!(attributes.approximate_first_receive_timestamp(), Some(sent + Duration::from_millis(2)));
        assert_eq!(attributes.sender_id().as_deref(), Some("s"));
        assert_eq!(attributes.message_group_id().as_deref(), Some("g"));
        assert_eq!(attributes.message_deduplication_id().as_deref(), Some("d"));
        assert_eq!(attributes.sequence_number().as_deref(), Some("18"));
        assert_eq!(attributes.aws_trace_header().as_deref(), Some("Root=1"));
        assert_eq!(attributes.dead_letter_queue_source_arn().as_deref(), Some("arn:dlq"));
        let tenant = message.message_attribute("t").unwrap();
        assert_eq!(tenant.string_value().as_deref(), Some("acme"));
        assert_eq!(tenant.data_type().as_deref(), Some("String"));
        let bytes = message.message_attribute("b").unwrap();
        assert_eq!(bytes.binary_value_base64().as_deref(), Some("AQ=="));
        assert!(message.message_attribute("none").is_none());
    }

    #[test]
    fn a_string_that_is_no_text_fails_alone() {
        let event = r#"{"Records":[{"messageId":"a","body":"\ud800"},{"messageId":"b","body":"ok"}]}"#;
        let records = decode(event).unwrap();
        assert!(records[0].body().is_err());
        assert!(records[1].body().is_ok());
    }

    #[test]
    fn a_plain_body_is_borrowed_from_the_event() {
        let event = r#"{"Records":[{"messageId":"a","body":"12"}]}"#;
        let records = decode(event).unwrap();
        assert!(event.as_bytes().as_ptr_range().contains(&records[0].body().unwrap().as_ptr()));
    }

    #[test]
    fn the_order_of_a_group_holds_on_fifo_queues_only() {
        let event = |arn: &str| {
            let record = |id: &str, group: &str| {
                format!(
                    r#"{{"messageId":"{id}","body":"","attributes":{{"MessageGroupId":"{group}"}},"eventSourceARN":"{arn}"}}"#
                )
            };
            format!(r#"{{"Records":[{},{},{}]}}"#, record("a", "x"), record("b", "y"), record("c", "x"))
        };
        let fifo = event("arn:aws:sqs:eu-west-1:1:orders.fifo");
        assert_eq!(order(&fifo), Order::by_key("xyx".chars()));
        let fair = event("arn:aws:sqs:eu-west-1:1:orders");
        assert_eq!(order(&fair), Order::none(3));
    }
}
