//! Amazon SNS.
//!
//! SNS invokes asynchronously and reads no response: Lambda itself tries an invocation that failed again, two times
//! unless told otherwise: <https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html>.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use serde::Deserialize;

use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord, HasBody};
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::{BatchRecord, BatchSource};

/// The source behind `#[handler(sns)]`.
#[doc(hidden)]
pub struct Sns;

/// A record of an SNS event.
pub struct Record<'e> {
    fields: Fields<'e>,
    notification: Notification<'e>,
    /// Never empty: a record without an identifier does not get this far.
    id: Cow<'e, str>,
    message: Result<Cow<'e, str>, &'static str>,
    slot: Slot,
}

lazy_fields! {
    /// A record on the wire.
    struct Fields: "an SNS record" {
        sns: "Sns",
        event_source: "EventSource",
        /// As other sources write it: a foreign event is told by its name.
        foreign_event_source: "eventSource",
        event_subscription_arn: "EventSubscriptionArn",
    }
}

lazy_fields! {
    /// Its part that the topic sends.
    struct Notification: "an object" {
        message_id: "MessageId",
        message: "Message",
        subject: "Subject",
        timestamp: "Timestamp",
        topic_arn: "TopicArn",
        message_attributes: "MessageAttributes",
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("message_id", &self.id).finish_non_exhaustive()
    }
}

impl HasBody for Record<'_> {
    fn body(&self) -> Result<&str, Failure> {
        match &self.message {
            Ok(message) => Ok(message),
            Err(what) => Err(lazy::unreadable("Message", what)),
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

    #[cfg(feature = "logs")]
    fn label(&self, name: &str) -> Option<Cow<'_, str>> {
        SnsMessage(self).message_attribute(name)?.value()
    }

    #[cfg(feature = "otel")]
    fn destination(&self) -> Option<Cow<'_, str>> {
        let arn = SnsMessage(self).topic_arn()?;
        Some(Cow::Owned(arn.rsplit(':').next()?.to_owned()))
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![Some(Cow::Borrowed(&self.id))]
    }
}

#[derive(Deserialize)]
struct Envelope<'e> {
    #[serde(rename = "Records", borrow)]
    records: Vec<Fields<'e>>,
}

impl BatchSource for Sns {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let envelope: Envelope<'_> = lazy::envelope(event, "an SNS event")?;
        let mut records = Vec::with_capacity(envelope.records.len());
        for (index, fields) in envelope.records.into_iter().enumerate() {
            lazy::check_source(fields.event_source.or(fields.foreign_event_source), "aws:sns", index)?;
            let notification: Notification<'_> = lazy::part(fields.sns, "Sns", index)?;
            let id = lazy::identifier(notification.message_id, "Sns.MessageId", index)?;
            let message = lazy::string(notification.message);
            records.push(Record { fields, notification, id, message, slot: Slot::new() });
        }
        Ok(((), records))
    }
}

/// A notification with all its fields, borrowed from the event.
///
/// Taken by value next to the payload, or alone. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(sns)]
/// async fn relay(message: SnsMessage<'_>) -> Result<(), Error> {
///     let kind = message.message_attribute("kind").and_then(|attribute| attribute.value());
///     println!("{} is of the kind {kind:?}", message.message_id());
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
#[derive(Clone, Copy)]
pub struct SnsMessage<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for SnsMessage<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        // One that is there and can't be read must not pass for an empty one.
        if record.notification.message.is_some() {
            record.body()?;
        }
        Ok(Self(record))
    }
}

impl fmt::Debug for SnsMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnsMessage").field("message_id", &self.message_id()).finish_non_exhaustive()
    }
}

impl<'r> SnsMessage<'r> {
    /// `MessageId`: the same over redeliveries.
    pub fn message_id(&self) -> &'r str {
        &self.0.id
    }

    /// `Message`, empty if the record has none.
    pub fn message(&self) -> &'r str {
        self.0.message.as_deref().unwrap_or_default()
    }

    /// `Subject`, if the publisher gave one.
    pub fn subject(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.notification.subject)
    }

    /// `Timestamp`: when the message was published.
    pub fn timestamp(&self) -> Option<SystemTime> {
        lazy::rfc3339(self.0.notification.timestamp)
    }

    /// `TopicArn`: the topic that the message was published to.
    pub fn topic_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.notification.topic_arn)
    }

    /// `EventSubscriptionArn`: the function's subscription to the topic.
    pub fn event_subscription_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.event_subscription_arn)
    }

    /// The attribute that the publisher gave this name, from `MessageAttributes`.
    pub fn message_attribute(&self, name: &str) -> Option<SnsAttribute<'r>> {
        lazy::field(self.0.notification.message_attributes, name).map(|attribute| SnsAttribute(Some(attribute)))
    }

    /// All attributes that the publisher gave, by name, in their order.
    pub fn message_attributes(&self) -> Vec<(Cow<'r, str>, SnsAttribute<'r>)> {
        let attributes = lazy::fields(self.0.notification.message_attributes);
        attributes.into_iter().map(|(name, attribute)| (name, SnsAttribute(Some(attribute)))).collect()
    }
}

/// An attribute of the publisher's, with its type.
#[derive(Clone, Copy)]
pub struct SnsAttribute<'r>(Lazy<'r>);

impl<'r> SnsAttribute<'r> {
    /// `Value`: text, of the type `String.Array` a list in JSON, of the type `Binary` in Base64 as it came.
    pub fn value(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "Value"))
    }

    /// `Type`: `String`, `String.Array`, `Number` or `Binary`.
    pub fn data_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0, "Type"))
    }
}

impl fmt::Debug for SnsAttribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SnsAttribute").field("data_type", &self.data_type()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn records(event: &str) -> Vec<Record<'_>> {
        Sns::decode(event).unwrap().1
    }

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"Records":[{"EventVersion":"1.0","EventSubscriptionArn":"arn:s","EventSource":"aws:sns","Sns":{
            "SignatureVersion":"1","Timestamp":"1970-01-01T00:00:01.500Z","MessageId":"m-1","Message":"{\"id\":\"caf\\u00e9\"}",
            "MessageAttributes":{"kind":{"Type":"String","Value":"order"},"b":{"Type":"Binary","Value":"AQ=="},"odd":7},
            "Type":"Notification","TopicArn":"arn:t","Subject":"new \u0022order\u0022"}}]}"#;
        let records = records(event);
        let message = SnsMessage(&records[0]);
        assert_eq!((message.message_id(), message.message()), ("m-1", r#"{"id":"caf\u00e9"}"#));
        assert_eq!(message.subject().as_deref(), Some(r#"new "order""#));
        assert_eq!(message.timestamp(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_500)));
        assert_eq!(message.topic_arn().as_deref(), Some("arn:t"));
        assert_eq!(message.event_subscription_arn().as_deref(), Some("arn:s"));
        let kind = message.message_attribute("kind").unwrap();
        assert_eq!((kind.value().as_deref(), kind.data_type().as_deref()), (Some("order"), Some("String")));
        assert!(message.message_attribute("odd").unwrap().value().is_none());
        assert!(message.message_attribute("none").is_none());
        let names: Vec<_> = message.message_attributes().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["kind", "b", "odd"]);

        #[derive(Deserialize)]
        struct Order<'a> {
            id: &'a str,
        }
        let context = Context::new(lambda_runtime::Context::default());
        let order: Order<'_> = records[0].decode(&context).unwrap();
        assert_eq!(order.id, "café");
        assert!(!format!("{:?} {message:?} {kind:?}", records[0]).contains("order"));
    }

    #[test]
    fn what_cannot_be_named_fails_the_invocation() {
        let refusal = |event: &str| Sns::decode(event).map(|_| ()).unwrap_err().error_message;
        assert!(refusal(r#"{"Records":[{"Sns":{}}]}"#).contains("`Records[0].Sns.MessageId` is missing"));
        assert!(refusal(r#"{"Records":[{"Sns":{"MessageId":""}}]}"#).contains("is empty"));
        assert!(refusal(r#"{"Records":[{"Sns":[]}]}"#).contains("`Records[0].Sns` is not an object"));
        assert!(refusal(r#"{"Records":[{"EventSource":"aws:s3"}]}"#).contains("comes from `aws:s3`"));
        assert!(refusal("{}").contains("not an SNS event: missing field `Records`"));
    }

    #[test]
    fn an_odd_field_fails_its_record_alone() {
        let event = r#"{"Records":[{"Sns":{"MessageId":"a","Message":{"x":1}}},{"Sns":{"MessageId":"b"}},
            {"Sns":{"MessageId":"c","Message":"","Subject":null,"Timestamp":7,"MessageAttributes":[]}}]}"#;
        let records = records(event);
        let message = |index: usize| records[index].body().unwrap_err().message().to_owned();
        assert_eq!(message(0), "the record's `Message` is not a string");
        assert_eq!(message(1), "the record's `Message` is missing");
        assert_eq!(SnsMessage(&records[1]).message(), "");
        assert_eq!(records[2].body(), Ok(""));
        let odd = SnsMessage(&records[2]);
        assert_eq!((odd.subject(), odd.timestamp()), (None, None));
        assert!(odd.message_attributes().is_empty());
    }

    #[test]
    fn nobody_is_answered() {
        assert_eq!(Sns::respond(&(), &[], &[]).unwrap(), b"null");
    }
}
