//! Amazon EventBridge: events of a bus, and the schedules of rules and of EventBridge Scheduler.
//!
//! Lambda invokes asynchronously and looks at no response; an error makes it try again:
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::context::Context;
use crate::decode::{self, Slot};
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::{Decode, FromRecord, HasBody};
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::{BatchRecord, BatchSource};
use crate::spec::{FunctionSpec, Setting};

/// The source behind `#[handler(eventbridge)]`.
#[doc(hidden)]
pub struct EventBridge;

/// The source behind `#[handler(schedule)]`.
#[doc(hidden)]
pub struct Schedule;

/// An event of EventBridge, and what a handler takes as its payload.
pub struct Record<'e> {
    fields: Fields<'e>,
    /// For the log; `event` where there is none.
    id: Cow<'e, str>,
    payload: Cow<'e, str>,
    slot: Slot,
}

lazy_fields! {
    /// An event on the wire.
    #[derive(Default)]
    struct Fields: "an EventBridge event" {
        id: "id",
        source: "source",
        detail_type: "detail-type",
        detail: "detail",
        account: "account",
        time: "time",
        region: "region",
        resources: "resources",
        replay_name: "replay-name",
    }
}

impl<'e> Record<'e> {
    fn new(fields: Fields<'e>, payload: Cow<'e, str>) -> Self {
        let id = lazy::text(fields.id).unwrap_or(Cow::Borrowed("event"));
        Self { fields, id, payload, slot: Slot::new() }
    }
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("id", &self.id).finish_non_exhaustive()
    }
}

impl HasBody for Record<'_> {
    fn bytes(&self) -> Result<&[u8], Failure> {
        Ok(self.payload.as_bytes())
    }
}

impl<'r, T: Deserialize<'r>> Decode<'r, T> for Record<'r> {
    fn decode(&'r self, _: &Context) -> Result<T, Failure> {
        decode::json(&self.payload, &self.slot)
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        &self.id
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![EventBridgeEvent(self).id()]
    }
}

impl BatchSource for EventBridge {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let fields: Fields<'_> = lazy::envelope(event, "an EventBridge event")?;
        let detail = fields.detail.ok_or_else(|| {
            InvocationError::bad_event(
                "the event has no `detail`: a target with an input of its own sends that instead of the event, and \
                 `#[handler(event)]` takes it",
            )
        })?;
        Ok(((), vec![Record::new(fields, Cow::Borrowed(detail.get()))]))
    }

    fn check(records: &[Record<'_>], spec: &FunctionSpec) -> Result<(), InvocationError> {
        for record in records {
            expect(spec, "source", record.fields.source)?;
            expect(spec, "detail_type", record.fields.detail_type)?;
        }
        Ok(())
    }
}

/// Refuses an event that the attribute does not speak of: the rule in front of the function matches more.
fn expect(spec: &FunctionSpec, setting: &str, field: Lazy<'_>) -> Result<(), InvocationError> {
    let text = lazy::text(field).unwrap_or_default();
    let expected = match spec.setting(setting) {
        Some(Setting::Texts(expected)) if !expected.contains(&&*text) => expected.join("` or `"),
        _ => return Ok(()),
    };
    Err(InvocationError::bad_event(format!(
        "the event's `{}` is not `{expected}`, which this handler serves: narrow the rule's pattern, or widen the attribute",
        setting.replace('_', "-")
    )))
}

impl BatchSource for Schedule {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let whole: &RawValue = lazy::json(event)?;
        // A schedule with an input of its own sends just that, which may be anything.
        let fields: Fields<'_> = serde_json::from_str(whole.get()).unwrap_or_default();
        let is_enveloped = lazy::text(fields.detail_type).is_some_and(|kind| kind == "Scheduled Event");
        let record = match fields.detail.filter(|_| is_enveloped) {
            // EventBridge Scheduler sends the empty object in quotes.
            Some(detail) if detail.get().starts_with('"') => {
                let text = lazy::string(Some(detail)).unwrap_or(Cow::Borrowed("null"));
                Record::new(fields, text)
            }
            Some(detail) => Record::new(fields, Cow::Borrowed(detail.get())),
            None => Record::new(Fields::default(), Cow::Borrowed(whole.get())),
        };
        Ok(((), vec![record]))
    }
}

/// The event around the detail, borrowed.
///
/// Taken by value next to the payload, or alone, by handlers of `eventbridge` and `schedule`. Every field but the
/// detail is absent where a schedule has an input of its own. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Shipped<'a> { order: &'a str }
///
/// #[handler(eventbridge(source = "com.example.shop", detail_type = "Order shipped"))]
/// async fn notify(shipped: Shipped<'_>, event: EventBridgeEvent<'_>) -> Result<(), Error> {
///     println!("{} was shipped at {:?}", shipped.order, event.time());
///     Ok(())
/// }
///
/// #[handler(schedule("cron(0 6 ? * MON-FRI *)"))]
/// async fn report(event: EventBridgeEvent<'_>) -> Result<(), Error> {
///     println!("good morning, it is {:?}", event.time());
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
#[derive(Clone, Copy)]
pub struct EventBridgeEvent<'r>(&'r Record<'r>);

impl<'r> FromRecord<'r, Record<'r>> for EventBridgeEvent<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        Ok(Self(record))
    }
}

impl fmt::Debug for EventBridgeEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBridgeEvent").field("id", &self.id()).finish_non_exhaustive()
    }
}

impl<'r> EventBridgeEvent<'r> {
    /// `id`: the same over Lambda's retries.
    pub fn id(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.id)
    }

    /// `source`: who sent it, such as `aws.ec2`.
    pub fn source(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.source)
    }

    /// `detail-type`: what the detail is about.
    pub fn detail_type(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.detail_type)
    }

    /// `account`: the sender's AWS account.
    pub fn account(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.account)
    }

    /// `time`: when it happened, or for when it was scheduled.
    pub fn time(&self) -> Option<SystemTime> {
        lazy::rfc3339(self.0.fields.time)
    }

    /// `region`: where it was sent.
    pub fn region(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.region)
    }

    /// `resources`: ARNs that the event is about; a schedule's own.
    pub fn resources(&self) -> Vec<Cow<'r, str>> {
        lazy::texts(self.0.fields.resources)
    }

    /// `replay-name`: the replay that has sent the event once more from an archive.
    pub fn replay_name(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.0.fields.replay_name)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const EVENT: &str = r#"{"version":"0","id":"e-1","detail-type":"Order shipped","source":"shop","account":"1",
        "time":"1970-01-01T00:01:00Z","region":"eu-west-1","resources":["arn:a",7,null],"replay-name":"r","detail":{"order":"o"}}"#;

    fn decoded(decoded: Result<((), Vec<Record<'_>>), InvocationError>) -> Record<'_> {
        decoded.unwrap().1.remove(0)
    }

    #[test]
    fn every_field_can_be_read() {
        let record = decoded(EventBridge::decode(EVENT));
        let event = EventBridgeEvent(&record);
        assert_eq!(event.id().as_deref(), Some("e-1"));
        assert_eq!(event.source().as_deref(), Some("shop"));
        assert_eq!(event.detail_type().as_deref(), Some("Order shipped"));
        assert_eq!(event.account().as_deref(), Some("1"));
        assert_eq!(event.time(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(60)));
        assert_eq!(event.region().as_deref(), Some("eu-west-1"));
        assert_eq!(event.resources(), ["arn:a", "7"]);
        assert_eq!(event.replay_name().as_deref(), Some("r"));
        assert_eq!(record.body().unwrap(), r#"{"order":"o"}"#);
    }

    #[test]
    fn what_the_attribute_does_not_speak_of_is_refused() {
        const ONE: &[(&str, Setting)] = &[("source", Setting::Texts(&["shop"])), ("bus", Setting::Text("other"))];
        const TWO: &[(&str, Setting)] = &[("detail_type", Setting::Texts(&["Order paid", "Order shipped"]))];
        const OTHER: &[(&str, Setting)] = &[("detail_type", Setting::Texts(&["Order paid"]))];
        let check = |settings| {
            let spec = FunctionSpec::new("f", "p", "eventbridge").settings(settings);
            EventBridge::check(&[decoded(EventBridge::decode(EVENT))], &spec)
        };
        assert_eq!((check(ONE), check(TWO), check(&[])), (Ok(()), Ok(()), Ok(())));
        let refusal = check(OTHER).unwrap_err().error_message;
        assert!(refusal.contains("`detail-type` is not `Order paid`"), "{refusal}");
        assert!(EventBridge::decode(r#"{"id":"e-1"}"#).unwrap_err().error_message.contains("no `detail`"));
        assert!(EventBridge::decode("7").unwrap_err().error_message.contains("expected an EventBridge event"));
    }

    #[test]
    fn a_schedule_has_a_detail_or_an_input_of_its_own() {
        let payload = |event: &str| decoded(Schedule::decode(event)).body().unwrap().to_owned();
        assert_eq!(payload(r#"{"detail-type":"Scheduled Event","detail":{}}"#), "{}");
        assert_eq!(payload(r#"{"detail-type":"Scheduled Event","detail":"\n{ }"}"#), "\n{ }");
        for own in [r#"{"job":"sweep","detail":1}"#, r#""sweep""#, "[1]", "null"] {
            assert_eq!(payload(own), own);
        }
        assert_eq!(decoded(Schedule::decode("7")).id(), "event");
        assert!(Schedule::decode("{").unwrap_err().error_message.contains("not JSON"));
    }
}
