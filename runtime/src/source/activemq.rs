//! Amazon MQ for ActiveMQ.
//!
//! Lambda looks at no response: an error brings the whole batch back, until the broker's redelivery policy ends it:
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html>.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;
use std::time::SystemTime;

use serde::Deserialize;

use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord, HasBody};
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::{BatchRecord, BatchSource};
#[cfg(feature = "logs")]
use crate::telemetry::spans::CORRELATION_ID;

/// The source behind `#[handler(activemq)]`.
#[doc(hidden)]
pub struct ActiveMq;

/// A message of an ActiveMQ event.
pub struct Record<'e> {
    fields: Fields<'e>,
    broker: Lazy<'e>,
    /// Never empty: a message without an identifier does not get this far.
    id: Cow<'e, str>,
    data: OnceLock<Result<Vec<u8>, &'static str>>,
    slot: Slot,
}

lazy_fields! {
    /// A message on the wire.
    struct Fields: "an ActiveMQ message" {
        message_id: "messageID",
        message_type: "messageType",
        destination: "destination",
        correlation_id: "correlationId",
        reply_to: "replyTo",
        priority: "priority",
        redelivered: "redelivered",
        timestamp: "timestamp",
        properties: "properties",
        data: "data",
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'e> {
    #[serde(borrow)]
    event_source: Lazy<'e>,
    #[serde(borrow)]
    event_source_arn: Lazy<'e>,
    #[serde(borrow)]
    messages: Vec<Fields<'e>>,
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("message_id", &self.id).finish_non_exhaustive()
    }
}

impl HasBody for Record<'_> {
    fn bytes(&self) -> Result<&[u8], Failure> {
        let data = self.data.get_or_init(|| lazy::base64(self.fields.data));
        data.as_deref().map_err(|what| Failure::malformed(format!("the message's `data` {what}")))
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
        let own = || ActiveMqMessage(self).correlation_id().filter(|_| name == CORRELATION_ID);
        ActiveMqMessage(self).property(name).or_else(own)
    }

    #[cfg(feature = "otel")]
    fn destination(&self) -> Option<Cow<'_, str>> {
        ActiveMqMessage(self).destination()
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![lazy::text(self.broker), Some(Cow::Borrowed(&self.id))]
    }
}

impl BatchSource for ActiveMq {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let Event { event_source, event_source_arn, messages } = lazy::envelope(event, "an ActiveMQ event")?;
        if lazy::text(event_source).is_some_and(|source| source != "aws:mq") {
            return Err(InvocationError::bad_event("the event comes from another source than ActiveMQ"));
        }
        let mut records = Vec::with_capacity(messages.len());
        for (index, fields) in messages.into_iter().enumerate() {
            let id = lazy::string(fields.message_id).ok().filter(|id| !id.is_empty()).ok_or_else(|| {
                let what = format!("`messages[{index}].messageID` is missing, so the message can't be named");
                InvocationError::bad_event(what)
            })?;
            let (data, slot) = (OnceLock::new(), Slot::new());
            records.push(Record { fields, broker: event_source_arn, id, data, slot });
        }
        Ok(((), records))
    }
}

/// A message with all its fields, borrowed from the event.
///
/// Taken by value next to the payload, or alone. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(activemq(queue = "orders"))]
/// async fn fulfil(order: RawBody<'_>, message: ActiveMqMessage<'_>) -> Result<(), Error> {
///     println!("{} bytes from {:?}", order.len(), message.destination());
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html
#[derive(Clone, Copy)]
pub struct ActiveMqMessage<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for ActiveMqMessage<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        Ok(Self(record))
    }
}

impl fmt::Debug for ActiveMqMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveMqMessage").field("message_id", &self.message_id()).finish_non_exhaustive()
    }
}

impl<'r> ActiveMqMessage<'r> {
    /// `messageID`: the same over redeliveries, unique within the broker.
    pub fn message_id(&self) -> &'r str {
        &self.0.id
    }

    /// `messageType`: `jms/text-message` or `jms/bytes-message`.
    pub fn message_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.message_type)
    }

    /// `destination.physicalName`: the queue.
    pub fn destination(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.destination, "physicalName"))
    }

    /// `correlationId`: the request that this message belongs to.
    pub fn correlation_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.correlation_id)
    }

    /// `replyTo`: where the sender waits for an answer.
    pub fn reply_to(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.reply_to)
    }

    /// `priority`, from 0 to 9.
    pub fn priority(&self) -> Option<u8> {
        lazy::number(self.0.fields.priority)
    }

    /// `redelivered`: whether it was delivered before.
    pub fn is_redelivered(&self) -> bool {
        lazy::flag(self.0.fields.redelivered)
    }

    /// `timestamp`: when it was sent, to the millisecond.
    pub fn timestamp(&self) -> Option<SystemTime> {
        lazy::millis(self.0.fields.timestamp)
    }

    /// The property that the sender gave this name.
    pub fn property(&self, name: &str) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.properties, name))
    }

    /// `data`, decoded from Base64.
    ///
    /// # Errors
    /// If it is missing or not Base64.
    pub fn data(&self) -> Result<&'r [u8], Failure> {
        self.0.bytes()
    }

    /// `eventSourceArn`: the broker's ARN.
    pub fn event_source_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.broker)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"eventSource":"aws:mq","eventSourceArn":"arn:b","messages":[{"messageID":"ID:1","messageType":"jms/text-message",
            "destination":{"physicalName":"orders"},"correlationId":"c","replyTo":"r","priority":4,"redelivered":true,
            "timestamp":1545082649183,"properties":{"kind":"order"},"data":"MQ=="}]}"#;
        let (_, records) = ActiveMq::decode(event).unwrap();
        let message = ActiveMqMessage(&records[0]);
        assert_eq!((message.message_id(), message.priority()), ("ID:1", Some(4)));
        assert_eq!(message.message_type().as_deref(), Some("jms/text-message"));
        assert_eq!(message.destination().as_deref(), Some("orders"));
        assert_eq!(message.correlation_id().as_deref(), Some("c"));
        assert_eq!(message.reply_to().as_deref(), Some("r"));
        assert!(message.is_redelivered());
        assert_eq!(message.timestamp(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_545_082_649_183)));
        assert_eq!(message.property("kind").as_deref(), Some("order"));
        assert_eq!(message.data(), Ok(&b"1"[..]));
        assert_eq!(message.event_source_arn().as_deref(), Some("arn:b"));
    }

    #[test]
    fn what_is_not_a_broker_s_is_refused() {
        let refusal = |event: &str| ActiveMq::decode(event).map(|_| ()).unwrap_err().error_message;
        assert!(refusal(r#"{"eventSource":"aws:rmq","messages":[]}"#).contains("another source than ActiveMQ"));
        assert!(refusal(r#"{"messages":[{}]}"#).contains("`messages[0].messageID` is missing"));
        assert!(refusal("{}").contains("missing field `messages`"));
    }
}
