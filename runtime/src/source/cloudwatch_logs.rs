//! Amazon CloudWatch Logs, by a subscription filter.
//!
//! The event holds log events of one stream, packed: JSON, compressed with gzip, in Base64. CloudWatch Logs invokes
//! asynchronously and reads no response:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;

use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord, HasBody};
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::{BatchRecord, BatchSource};

/// What an event may unpack to: far more than CloudWatch Logs sends, and no bomb.
const MAX_UNPACKED: usize = 64 << 20;

/// The source behind `#[handler(cloudwatch_logs)]`.
#[doc(hidden)]
pub struct CloudWatchLogs;

/// A log event.
pub struct Record<'e> {
    fields: Fields<'e>,
    origin: Origin<'e>,
    /// Never empty: a log event without an identifier does not get this far.
    id: Cow<'e, str>,
    message: Result<Cow<'e, str>, &'static str>,
    slot: Slot,
}

lazy_fields! {
    /// A log event on the wire.
    struct Fields: "a log event" {
        id: "id",
        timestamp: "timestamp",
        message: "message",
        extracted_fields: "extractedFields",
    }
}

/// What all log events of one event have in common.
#[derive(Clone, Copy)]
struct Origin<'e> {
    message_type: Lazy<'e>,
    owner: Lazy<'e>,
    log_group: Lazy<'e>,
    log_stream: Lazy<'e>,
    subscription_filters: Lazy<'e>,
}

/// An event when it is unpacked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'e> {
    #[serde(borrow)]
    message_type: Lazy<'e>,
    #[serde(borrow)]
    owner: Lazy<'e>,
    #[serde(borrow)]
    log_group: Lazy<'e>,
    #[serde(borrow)]
    log_stream: Lazy<'e>,
    #[serde(borrow)]
    subscription_filters: Lazy<'e>,
    #[serde(borrow)]
    log_events: Vec<Fields<'e>>,
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("id", &self.id).finish_non_exhaustive()
    }
}

impl HasBody for Record<'_> {
    fn body(&self) -> Result<&str, Failure> {
        match &self.message {
            Ok(message) => Ok(message),
            Err(what) => Err(Failure::malformed(format!("the log event's `message` {what}"))),
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
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![Some(Cow::Borrowed(&self.id))]
    }
}

/// An event as it comes.
#[derive(Deserialize)]
struct Envelope<'e> {
    #[serde(borrow)]
    awslogs: Lazy<'e>,
}

impl BatchSource for CloudWatchLogs {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    fn unpack(event: &str) -> Result<Cow<'_, str>, InvocationError> {
        let envelope: Envelope<'_> = lazy::envelope(event, "a CloudWatch Logs event")?;
        let packed = lazy::base64(lazy::field(envelope.awslogs, "data")).map_err(str::to_owned);
        packed.and_then(|packed| gunzip(&packed, MAX_UNPACKED)).map(Cow::Owned).map_err(|what| {
            InvocationError::bad_event(format!("the event is not a CloudWatch Logs event: `awslogs.data` {what}"))
        })
    }

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let data: Data<'_> = lazy::envelope(event, "a CloudWatch Logs event")?;
        let Data { message_type, owner, log_group, log_stream, subscription_filters, log_events } = data;
        // Sent to see whether the function can be reached.
        if lazy::text(message_type).is_some_and(|message_type| message_type == "CONTROL_MESSAGE") {
            return Ok(((), Vec::new()));
        }
        let origin = Origin { message_type, owner, log_group, log_stream, subscription_filters };
        let mut records = Vec::with_capacity(log_events.len());
        for (index, fields) in log_events.into_iter().enumerate() {
            let id = lazy::string(fields.id).and_then(|id| if id.is_empty() { Err("is empty") } else { Ok(id) });
            let id = id.map_err(|what| InvocationError::bad_event(format!("`logEvents[{index}].id` {what}")))?;
            let message = lazy::string(fields.message);
            records.push(Record { fields, origin, id, message, slot: Slot::new() });
        }
        Ok(((), records))
    }
}

/// Text compressed with gzip, of at most `limit` bytes: a few bytes can unpack to more than there is memory.
fn gunzip(packed: &[u8], limit: usize) -> Result<String, String> {
    let mut text = Vec::new();
    let mut unpacking = MultiGzDecoder::new(packed).take(limit as u64 + 1);
    unpacking.read_to_end(&mut text).map_err(|error| format!("is not gzip: {error}"))?;
    if text.len() > limit {
        return Err(format!("unpacks to more than {} MiB", limit >> 20));
    }
    String::from_utf8(text).map_err(|_| "does not unpack to UTF-8 text".to_owned())
}

/// A log event with all its fields, borrowed from the event.
///
/// Taken by value next to the payload, which is the message's JSON, or alone; [`RawBody`](crate::RawBody) is the
/// message as it is. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(cloudwatch_logs)]
/// async fn alert(event: LogEvent<'_>) -> Result<(), Error> {
///     if event.message().contains("ERROR") {
///         println!("an error in {:?}: {}", event.log_group(), event.id());
///     }
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
#[derive(Clone, Copy)]
pub struct LogEvent<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for LogEvent<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        // One that is there and can't be read must not pass for an empty one.
        if record.fields.message.is_some() {
            record.body()?;
        }
        Ok(Self(record))
    }
}

impl fmt::Debug for LogEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogEvent").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl<'r> LogEvent<'r> {
    /// `id`: the same over redeliveries.
    pub fn id(&self) -> &'r str {
        &self.0.id
    }

    /// `timestamp`, to the millisecond.
    pub fn timestamp(&self) -> Option<SystemTime> {
        lazy::millis(self.0.fields.timestamp)
    }

    /// `message`, empty if the log event has none.
    pub fn message(&self) -> &'r str {
        self.0.message.as_deref().unwrap_or_default()
    }

    /// What the subscription filter's pattern found under this name, from `extractedFields`; `@aws.account` and
    /// `@aws.region` are there where the filter emits system fields.
    pub fn extracted_field(&self, name: &str) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.0.fields.extracted_fields, name))
    }

    /// `logGroup`: the name of the log group.
    pub fn log_group(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.origin.log_group)
    }

    /// `logStream`: the name of the log stream.
    pub fn log_stream(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.origin.log_stream)
    }

    /// `owner`: the account whose log it is.
    pub fn owner(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.origin.owner)
    }

    /// `subscriptionFilters`: the filters that the log event passed.
    pub fn subscription_filters(&self) -> Vec<Cow<'r, str>> {
        lazy::texts(self.0.origin.subscription_filters)
    }

    /// `messageType`: `DATA_MESSAGE`.
    pub fn message_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.origin.message_type)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use base64::Engine;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn records(event: &str) -> Vec<Record<'_>> {
        CloudWatchLogs::decode(event).unwrap().1
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packing = GzEncoder::new(Vec::new(), Compression::default());
        packing.write_all(text).unwrap();
        packing.finish().unwrap()
    }

    fn event(packed: &[u8]) -> String {
        format!(r#"{{"awslogs":{{"data":"{}"}}}}"#, base64::engine::general_purpose::STANDARD.encode(packed))
    }

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"messageType":"DATA_MESSAGE","owner":"123","logGroup":"/aws/g","logStream":"s","subscriptionFilters":["f","g"],
            "logEvents":[{"id":"3","timestamp":1760000000123,"message":"{\"id\":\"a\"}","extractedFields":{"ip":"127.0.0.1"}},
            {"id":"4","timestamp":1760000000124,"message":"plain"}],"policyLevel":"ACCOUNT_LEVEL_POLICY"}"#;
        let records = records(event);
        let [first, second] = [LogEvent(&records[0]), LogEvent(&records[1])];
        assert_eq!((first.id(), first.message()), ("3", r#"{"id":"a"}"#));
        let logged = SystemTime::UNIX_EPOCH + Duration::from_millis(1_760_000_000_123);
        assert_eq!(first.timestamp(), Some(logged));
        assert_eq!(first.extracted_field("ip").as_deref(), Some("127.0.0.1"));
        assert_eq!((first.extracted_field("none"), second.extracted_field("ip")), (None, None));
        for event in [first, second] {
            assert_eq!((event.log_group().as_deref(), event.log_stream().as_deref()), (Some("/aws/g"), Some("s")));
            assert_eq!(
                (event.owner().as_deref(), event.message_type().as_deref()),
                (Some("123"), Some("DATA_MESSAGE"))
            );
            assert_eq!(event.subscription_filters(), ["f", "g"]);
        }
        assert_eq!(records[1].body(), Ok("plain"));

        #[derive(Deserialize)]
        struct Line<'a> {
            id: &'a str,
        }
        let context = Context::new(lambda_runtime::Context::default());
        let line: Line<'_> = records[0].decode(&context).unwrap();
        assert_eq!(line.id, "a");
        assert!(!format!("{:?} {second:?}", records[1]).contains("plain"));
    }

    #[test]
    fn an_event_is_unpacked() {
        let text = r#"{"logEvents":[]}"#;
        assert_eq!(CloudWatchLogs::unpack(&event(&gzip(text.as_bytes()))).unwrap(), text);

        let refusal = |event: &str| CloudWatchLogs::unpack(event).unwrap_err().error_message;
        assert!(refusal("{}").ends_with("not a CloudWatch Logs event: `awslogs.data` is missing"));
        assert!(refusal(r#"{"awslogs":{"data":7}}"#).ends_with("`awslogs.data` is not a string"));
        assert!(refusal(r#"{"awslogs":{"data":"?"}}"#).ends_with("`awslogs.data` is not Base64"));
        assert!(refusal(&event(text.as_bytes())).contains("`awslogs.data` is not gzip"));
        let whole = gzip(text.as_bytes());
        assert!(refusal(&event(&whole[..whole.len() - 9])).contains("`awslogs.data` is not gzip"));
        assert!(refusal(&event(&gzip(b"\xff"))).ends_with("`awslogs.data` does not unpack to UTF-8 text"));
        assert!(refusal("{7").contains("not JSON"));
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused() {
        let packed = gzip(&[b' '; (1 << 20) + 1]);
        assert_eq!(gunzip(&packed, 1 << 20).unwrap_err(), "unpacks to more than 1 MiB");
        assert_eq!(gunzip(&packed, (1 << 20) + 1).unwrap().len(), (1 << 20) + 1);
    }

    #[test]
    fn a_control_message_has_no_records() {
        let event = r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","message":"CWL CONTROL MESSAGE"}]}"#;
        assert!(records(event).is_empty());
        assert_eq!(CloudWatchLogs::respond(&(), &[], &[]).unwrap(), b"null");
    }

    #[test]
    fn what_cannot_be_named_fails_the_invocation() {
        let refusal = |event: &str| CloudWatchLogs::decode(event).map(|_| ()).unwrap_err().error_message;
        assert_eq!(refusal(r#"{"logEvents":[{"message":""}]}"#), "`logEvents[0].id` is missing");
        assert_eq!(refusal(r#"{"logEvents":[{"id":""}]}"#), "`logEvents[0].id` is empty");
        assert!(refusal(r#"{"logEvents":[7]}"#).contains("expected a log event"));
        assert!(refusal("{}").contains("not a CloudWatch Logs event: missing field `logEvents`"));
    }

    #[test]
    fn an_odd_message_fails_its_record_alone() {
        let records = records(r#"{"logEvents":[{"id":"1","message":{}},{"id":"2"},{"id":"3","message":"ok"}]}"#);
        let message = |index: usize| records[index].body().unwrap_err().message().to_owned();
        assert_eq!(message(0), "the log event's `message` is not a string");
        assert_eq!(message(1), "the log event's `message` is missing");
        assert!(records[2].body().is_ok());
    }
}
