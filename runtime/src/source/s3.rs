//! Notifications of Amazon S3.
//!
//! A record tells what happened to an object and holds no payload. S3 invokes asynchronously and reads no response:
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>.

use std::borrow::Cow;
use std::fmt;
use std::time::SystemTime;

use percent_encoding::percent_decode_str;
use serde::Deserialize;

use crate::context::Context;
use crate::error::{Failure, InvocationError};
use crate::idempotency::NaturalKey;
use crate::record::FromRecord;
use crate::source::lazy::{self, Lazy, lazy_fields};
use crate::source::{BatchRecord, BatchSource};

/// The source behind `#[handler(s3)]`.
#[doc(hidden)]
pub struct S3;

/// A record of an S3 event.
pub struct Record<'e> {
    fields: Fields<'e>,
    bucket: Lazy<'e>,
    object: Lazy<'e>,
    place: Result<Place<'e>, Failure>,
    /// S3 names objects, and not its records.
    id: String,
}

/// Where the object is.
struct Place<'e> {
    bucket: Cow<'e, str>,
    raw_key: Cow<'e, str>,
    key: Cow<'e, str>,
}

lazy_fields! {
    /// A record on the wire.
    struct Fields: "an S3 record" {
        s3: "s3",
        event_name: "eventName",
        event_time: "eventTime",
        event_version: "eventVersion",
        event_source: "eventSource",
        aws_region: "awsRegion",
        user_identity: "userIdentity",
        request_parameters: "requestParameters",
    }
}

impl<'e> Record<'e> {
    fn new(fields: Fields<'e>, index: usize) -> Self {
        let (bucket, object) = (lazy::field(fields.s3, "bucket"), lazy::field(fields.s3, "object"));
        let place = Place::new(bucket, object);
        let id = match &place {
            Ok(Place { bucket, key, .. }) => {
                // Tagging and tiering have no sequencer, and not every bucket has versions.
                let field = |name| lazy::text(lazy::field(object, name));
                let change = field("sequencer").or_else(|| field("versionId"));
                let change = change.map(|change| format!("#{change}")).unwrap_or_default();
                format!("{bucket}/{key}{change}")
            }
            Err(_) => format!("Records[{index}]"),
        };
        Self { fields, bucket, object, place, id }
    }
}

impl<'e> Place<'e> {
    fn new(bucket: Lazy<'e>, object: Lazy<'e>) -> Result<Self, Failure> {
        let malformed = |name, what| Failure::malformed(format!("the record's `s3.{name}` {what}"));
        let name = lazy::string(lazy::field(bucket, "name")).map_err(|what| malformed("bucket.name", what))?;
        let raw_key = lazy::string(lazy::field(object, "key")).map_err(|what| malformed("object.key", what))?;
        let key = decoded(raw_key.clone()).ok_or_else(|| malformed("object.key", "is not UTF-8 text"))?;
        Ok(Self { bucket: name, raw_key, key })
    }
}

/// A key in plain: S3 writes it as the value of a form, `red flower.jpg` as `red+flower.jpg`.
fn decoded(key: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if !key.contains(['+', '%']) {
        return Some(key);
    }
    let key = key.replace('+', " ");
    percent_decode_str(&key).decode_utf8().ok().map(|key| Cow::Owned(key.into_owned()))
}

impl fmt::Debug for Record<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("id", &self.id).finish_non_exhaustive()
    }
}

impl BatchRecord for Record<'_> {
    fn id(&self) -> &str {
        &self.id
    }
}

impl NaturalKey for Record<'_> {
    fn natural_key(&self) -> Vec<Option<Cow<'_, str>>> {
        let Ok(place) = &self.place else { return vec![None] };
        let event = S3Event { record: self, place };
        // As S3 itself says of an object without versions.
        let version = event.version_id().unwrap_or(Cow::Borrowed("null"));
        // Only what writes and deletes is numbered; other events are told apart by their time.
        let sequencer = event.sequencer().or_else(|| lazy::text(self.fields.event_time));
        let (bucket, key) = (Cow::Borrowed(event.bucket()), Cow::Borrowed(event.key()));
        vec![Some(bucket), Some(key), Some(version), sequencer, event.event_name()]
    }
}

#[derive(Deserialize)]
struct Envelope<'e> {
    #[serde(rename = "Records", borrow)]
    records: Option<Vec<Fields<'e>>>,
    #[serde(rename = "Event", borrow)]
    event: Lazy<'e>,
}

impl BatchSource for S3 {
    type Record<'e> = Record<'e>;
    type Envelope<'e> = ();
    type Answer = ();

    fn decode(event: &str) -> Result<((), Vec<Record<'_>>), InvocationError> {
        let envelope: Envelope<'_> = lazy::envelope(event, "an S3 event")?;
        let fields = match (envelope.records, lazy::text(envelope.event).as_deref()) {
            (Some(fields), _) => fields,
            // What S3 sends when notifications are set up: nothing happened yet.
            (None, Some("s3:TestEvent")) => Vec::new(),
            (None, _) => {
                return Err(InvocationError::bad_event("the event is not an S3 event: missing field `Records`"));
            }
        };
        let mut records = Vec::with_capacity(fields.len());
        for (index, fields) in fields.into_iter().enumerate() {
            lazy::check_source(fields.event_source, "aws:s3", index)?;
            records.push(Record::new(fields, index));
        }
        Ok(((), records))
    }
}

/// What happened to an object, with all fields borrowed from the event.
///
/// A record that names no bucket or no key, or a key that is not UTF-8 text, fails as malformed. Which of the other
/// fields there are depends on what happened. See the [event's format][f].
///
/// ```
/// use lambkin::prelude::*;
///
/// #[handler(s3)]
/// async fn index(event: S3Event<'_>) -> Result<(), Error> {
///     if event.event_name().is_some_and(|name| name.starts_with("ObjectCreated:")) {
///         println!("{} in {} has {:?} bytes", event.key(), event.bucket(), event.size());
///     }
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// [f]: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
#[derive(Clone, Copy)]
pub struct S3Event<'r> {
    record: &'r Record<'r>,
    place: &'r Place<'r>,
}

impl<'r> FromRecord<'r, Record<'r>> for S3Event<'r> {
    fn from_record(record: &'r Record<'r>, _: &Context) -> Result<Self, Failure> {
        let place = record.place.as_ref().map_err(Clone::clone)?;
        Ok(Self { record, place })
    }
}

impl fmt::Debug for S3Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Event").field("id", &self.record.id).finish_non_exhaustive()
    }
}

impl<'r> S3Event<'r> {
    /// `eventName`: what happened, such as `ObjectCreated:Put`.
    pub fn event_name(&self) -> Option<Cow<'r, str>> {
        // AWS documents the name without the prefix, and it has been seen with it.
        Some(match lazy::text(self.record.fields.event_name)? {
            Cow::Borrowed(name) => Cow::Borrowed(name.strip_prefix("s3:").unwrap_or(name)),
            Cow::Owned(name) => Cow::Owned(name.strip_prefix("s3:").map(str::to_owned).unwrap_or(name)),
        })
    }

    /// `eventTime`: when it happened.
    pub fn event_time(&self) -> Option<SystemTime> {
        lazy::rfc3339(self.record.fields.event_time)
    }

    /// `eventVersion`: the version of the record's format, such as `2.5`.
    pub fn event_version(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.record.fields.event_version)
    }

    /// `bucket.name`: the bucket that the object is in.
    pub fn bucket(&self) -> &'r str {
        &self.place.bucket
    }

    /// `bucket.arn`: the bucket's ARN.
    pub fn bucket_arn(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.record.bucket, "arn"))
    }

    /// `object.key`, decoded: what the object is called in every other call to S3.
    pub fn key(&self) -> &'r str {
        &self.place.key
    }

    /// `object.key` as it came: encoded like the value of a form.
    pub fn raw_key(&self) -> &'r str {
        &self.place.raw_key
    }

    /// `object.versionId`, of buckets with versioning.
    pub fn version_id(&self) -> Option<Cow<'r, str>> {
        self.object("versionId")
    }

    /// `object.size`: the object's bytes, unless it is gone.
    pub fn size(&self) -> Option<u64> {
        lazy::number(lazy::field(self.record.object, "size"))
    }

    /// `object.eTag`, unless the object is gone.
    pub fn e_tag(&self) -> Option<Cow<'r, str>> {
        self.object("eTag")
    }

    /// `object.sequencer`: of two changes of one key, the later one has the greater. It is hexadecimal, and not
    /// always of one length.
    pub fn sequencer(&self) -> Option<Cow<'r, str>> {
        self.object("sequencer")
    }

    /// `configurationId`: the notification's name in the bucket's configuration.
    pub fn configuration_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.record.fields.s3, "configurationId"))
    }

    /// `userIdentity.principalId`: who did it.
    pub fn principal_id(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.record.fields.user_identity, "principalId"))
    }

    /// `requestParameters.sourceIPAddress`: from where; the name of a service, where one did it.
    pub fn source_ip(&self) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.record.fields.request_parameters, "sourceIPAddress"))
    }

    /// `awsRegion`: the bucket's region.
    pub fn aws_region(&self) -> Option<Cow<'r, str>> {
        lazy::text(self.record.fields.aws_region)
    }

    fn object(&self, name: &str) -> Option<Cow<'r, str>> {
        lazy::text(lazy::field(self.record.object, name))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn records(event: &str) -> Vec<Record<'_>> {
        S3::decode(event).unwrap().1
    }

    fn taken<'r>(record: &'r Record<'r>) -> Result<S3Event<'r>, Failure> {
        S3Event::from_record(record, &Context::new(lambda_runtime::Context::default()))
    }

    /// A record of this object in the bucket `b`.
    fn event(object: &str) -> String {
        format!(r#"{{"Records":[{{"s3":{{"bucket":{{"name":"b"}},"object":{object}}}}}]}}"#)
    }

    #[test]
    fn every_field_can_be_read() {
        let event = r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"1970-01-01T00:00:00.192Z",
            "eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:X"},"requestParameters":{"sourceIPAddress":"203.0.113.17"},
            "s3":{"s3SchemaVersion":"1.0","configurationId":"c","bucket":{"name":"b","ownerIdentity":{},"arn":"arn:aws:s3:::b"},
            "object":{"key":"red+flower.jpg","size":5000000000,"eTag":"e","versionId":"v","sequencer":"0055"}}}]}"#;
        let records = records(event);
        let event = taken(&records[0]).unwrap();
        assert_eq!(records[0].id(), "b/red flower.jpg#0055");
        assert_eq!(event.event_name().as_deref(), Some("ObjectCreated:Put"));
        assert_eq!(event.event_time(), Some(SystemTime::UNIX_EPOCH + Duration::from_millis(192)));
        assert_eq!(event.event_version().as_deref(), Some("2.1"));
        assert_eq!((event.bucket(), event.bucket_arn().as_deref()), ("b", Some("arn:aws:s3:::b")));
        assert_eq!((event.key(), event.raw_key()), ("red flower.jpg", "red+flower.jpg"));
        assert_eq!((event.version_id().as_deref(), event.size()), (Some("v"), Some(5_000_000_000)));
        assert_eq!((event.e_tag().as_deref(), event.sequencer().as_deref()), (Some("e"), Some("0055")));
        assert_eq!(event.configuration_id().as_deref(), Some("c"));
        assert_eq!(event.principal_id().as_deref(), Some("AWS:X"));
        assert_eq!(event.source_ip().as_deref(), Some("203.0.113.17"));
        assert_eq!(event.aws_region().as_deref(), Some("eu-west-1"));
    }

    #[test]
    fn a_key_is_decoded_as_a_form_writes_it() {
        let key = |raw: &'static str| decoded(Cow::Borrowed(raw)).map(Cow::into_owned);
        assert_eq!(key("a%2Bb+c%20d").as_deref(), Some("a+b c d"));
        assert_eq!(key("cr%C3%A8me/%e8%8c%b6").as_deref(), Some("crème/茶"));
        assert_eq!(key("100%").as_deref(), Some("100%"));
        assert_eq!(key("%FF"), None);
        assert!(matches!(decoded(Cow::Borrowed("plain/key")), Some(Cow::Borrowed("plain/key"))));
    }

    #[test]
    fn a_record_without_a_place_fails_alone() {
        let failure = |object: &str| {
            let event = event(object);
            let records = records(&event);
            assert_eq!(records[0].id(), "Records[0]");
            taken(&records[0]).unwrap_err().message().to_owned()
        };
        assert_eq!(failure("{}"), "the record's `s3.object.key` is missing");
        assert_eq!(failure("7"), "the record's `s3.object.key` is missing");
        assert_eq!(failure(r#"{"key":7}"#), "the record's `s3.object.key` is not a string");
        assert_eq!(failure(r#"{"key":"%FF"}"#), "the record's `s3.object.key` is not UTF-8 text");
        let records = records(r#"{"Records":[{}]}"#);
        assert_eq!(taken(&records[0]).unwrap_err().message(), "the record's `s3.bucket.name` is missing");
    }

    #[test]
    fn a_record_is_named_by_what_its_change_has() {
        let id = |object: &str| records(&event(object))[0].id().to_owned();
        assert_eq!(id(r#"{"key":"k","versionId":"v"}"#), "b/k#v");
        assert_eq!(id(r#"{"key":"k","versionId":null}"#), "b/k");
    }

    #[test]
    fn the_prefix_of_a_name_is_taken_off() {
        for name in ["s3:ObjectRemoved:Delete", "ObjectRemoved:Delete", r"s3:Object\u0052emoved:Delete"] {
            let event = format!(
                r#"{{"Records":[{{"eventName":"{name}","s3":{{"bucket":{{"name":"b"}},"object":{{"key":"k"}}}}}}]}}"#
            );
            let records = records(&event);
            assert_eq!(taken(&records[0]).unwrap().event_name().as_deref(), Some("ObjectRemoved:Delete"));
        }
    }

    #[test]
    fn a_test_event_has_no_records() {
        assert!(records(r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}"#).is_empty());
        let refusal = |event: &str| S3::decode(event).map(|_| ()).unwrap_err().error_message;
        assert!(refusal(r#"{"Event":"other"}"#).contains("not an S3 event: missing field `Records`"));
        assert!(refusal(r#"{"Records":7}"#).contains("not an S3 event"));
        assert!(refusal(r#"{"Records":[{"eventSource":"aws:sqs"}]}"#).contains("comes from `aws:sqs`"));
        assert_eq!(S3::respond(&(), &[], &[]).unwrap(), b"null");
    }
}
