//! Every example event in `events/` goes through a handler of its source: each record arrives once, with the fields
//! and the payload that the JSON holds, and the response says of it what the source understands.
//!
//! What is expected is read from the JSON here, by means that the library does not use.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod fields;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{fmt, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambkin::prelude::*;
use lambkin::testing::{Invocation, TestApp};
use serde::{Deserializer, de};
use serde_json::{Map, Value, json};

/// What the handlers saw.
#[derive(Default)]
struct Seen {
    turns: Mutex<Vec<Turn>>,
    ended: Mutex<Vec<(Value, Value)>>,
    /// The record to fail.
    fails: Option<String>,
}

#[derive(Clone, Debug)]
struct Turn {
    id: String,
    payload: Value,
    fields: Value,
}

impl Seen {
    fn turn(&self, id: &str, payload: Value, fields: Value) -> Result<(), Error> {
        self.turns.lock().unwrap().push(Turn { id: id.to_owned(), payload, fields });
        if self.fails.as_deref() == Some(id) {
            return Err(Error::msg("this one fails"));
        }
        Ok(())
    }
}

#[init]
async fn seen() -> Result<Seen, Error> {
    Ok(Seen::default())
}

#[handler(sqs)]
async fn sqs_raw(body: RawBody<'_>, message: SqsMessage<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(message.message_id(), json!(body.as_bytes()), fields::sqs(message))
}

#[handler(sqs, all_failed = "report")]
async fn sqs_payload(payload: Value, message: SqsMessage<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(message.message_id(), payload, fields::sqs(message))
}

#[handler(kinesis)]
async fn kinesis_raw(data: RawBytes<'_>, record: KinesisRecord<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(record.sequence_number(), json!(&*data), fields::kinesis(record))
}

#[handler(kinesis, all_failed = "report")]
async fn kinesis_payload(payload: Value, record: KinesisRecord<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(record.sequence_number(), payload, fields::kinesis(record))
}

type State = BTreeMap<String, Value>;

#[handler(kinesis(tumbling_window = "2m"), on_window_end = window_end(seen))]
async fn kinesis_window(
    record: KinesisRecord<'_>,
    window: Window<'_>,
    mut state: WindowState<'_, State>,
    seen: &Seen,
) -> Result<(), Error> {
    state.insert(record.sequence_number().to_owned(), json!(record.partition_key()));
    seen.turn(record.sequence_number(), json!(*state), fields::window(window))
}

async fn window_end(state: State, window: Window<'_>, seen: &Seen) -> Result<(), Error> {
    seen.ended.lock().unwrap().push((json!(state), fields::window(window)));
    Ok(())
}

fn change<T: Serialize>(change: Change<T>) -> Value {
    json!({"new": change.new_image(), "old": change.old_image()})
}

#[handler(dynamodb)]
async fn dynamodb_raw(record: DynamoDbRecord<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(record.sequence_number(), Value::Null, fields::dynamodb(record))
}

#[handler(dynamodb, all_failed = "report")]
async fn dynamodb_payload(payload: Change<Value>, record: DynamoDbRecord<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(record.sequence_number(), change(payload), fields::dynamodb(record))
}

/// What serde calls bytes, and a `Vec<u8>` is not.
#[derive(Serialize)]
#[serde(transparent)]
struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }

        deserializer.deserialize_byte_buf(Visitor)
    }
}

/// An item with every type of attribute.
#[derive(Serialize, Deserialize)]
struct Item {
    id: String,
    text: String,
    empty: String,
    whole: u8,
    fraction: f64,
    big: f64,
    tiny: f64,
    bytes: Bytes,
    yes: bool,
    no: bool,
    nothing: Option<u8>,
    map: Value,
    list: Value,
    strings: BTreeSet<String>,
    numbers: Vec<f64>,
    blobs: Vec<Bytes>,
}

#[derive(Serialize, Deserialize)]
struct Key {
    hash: Bytes,
    range: u8,
}

#[handler(dynamodb)]
async fn dynamodb_item(payload: Change<Item>, seen: &Seen) -> Result<(), Error> {
    seen.turn("item", change(payload), Value::Null)
}

#[handler(dynamodb)]
async fn dynamodb_key(payload: Change<Key>, record: DynamoDbRecord<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn("key", change(payload), json!(record.keys::<Key>()?))
}

#[handler(dynamodb(tumbling_window = "2m"), on_window_end = window_end(seen))]
async fn dynamodb_window(
    payload: Change<Value>,
    record: DynamoDbRecord<'_>,
    window: Window<'_>,
    mut state: WindowState<'_, State>,
    seen: &Seen,
) -> Result<(), Error> {
    state.insert(record.sequence_number().to_owned(), change(payload));
    seen.turn(record.sequence_number(), json!(*state), fields::window(window))
}

#[handler(kafka)]
async fn kafka_raw(record: KafkaRecord<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(record.id(), json!(record.value()?), fields::kafka(record))
}

#[handler(kafka, all_failed = "report")]
async fn kafka_payload(payload: Option<Value>, record: KafkaRecord<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(record.id(), json!(payload), fields::kafka(record))
}

#[handler(sns)]
async fn sns_raw(body: RawBody<'_>, message: SnsMessage<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(message.message_id(), json!(body.as_bytes()), fields::sns(message))
}

#[handler(sns)]
async fn sns_payload(payload: Value, message: SnsMessage<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(message.message_id(), payload, fields::sns(message))
}

#[handler(s3)]
async fn s3_payload(event: S3Event<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(event.raw_key(), json!(event.key()), fields::s3(event))
}

#[handler(eventbridge)]
async fn eventbridge_payload(payload: Value, event: EventBridgeEvent<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(&event.id().unwrap(), payload, fields::eventbridge(event))
}

#[handler(schedule)]
async fn schedule_payload(payload: Value, event: EventBridgeEvent<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn("event", payload, fields::eventbridge(event))
}

#[handler(cloudwatch_logs)]
async fn cloudwatch_logs_raw(body: RawBody<'_>, event: LogEvent<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(event.id(), json!(body.as_bytes()), fields::log_event(event))
}

#[handler(cloudwatch_logs)]
async fn cloudwatch_logs_payload(payload: Value, event: LogEvent<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(event.id(), payload, fields::log_event(event))
}

#[handler(ses)]
async fn ses_payload(mail: SesMessage<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(mail.message_id(), Value::Null, fields::ses(mail))
}

#[handler(ses)]
async fn ses_answers(mail: SesMessage<'_>, seen: &Seen) -> Result<Disposition, Error> {
    seen.turn(mail.message_id(), Value::Null, fields::ses(mail))?;
    Ok(if mail.is_synchronous() { Disposition::StopRuleSet } else { Disposition::Continue })
}

#[handler(activemq)]
async fn activemq_raw(data: RawBytes<'_>, message: ActiveMqMessage<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(message.message_id(), json!(&*data), fields::activemq(message))
}

#[handler(activemq)]
async fn activemq_payload(payload: Value, message: ActiveMqMessage<'_>, seen: &Seen) -> Result<(), Error> {
    seen.turn(message.message_id(), payload, fields::activemq(message))
}

#[handler(iot)]
async fn iot_payload(payload: Value, seen: &Seen) -> Result<(), Error> {
    seen.turn("event", payload, Value::Null)
}

#[handler(event)]
async fn event_payload(payload: Value) -> Value {
    payload
}

lambkin::app! {
    init: [seen],
    handlers: [
        sqs_raw, sqs_payload, kinesis_raw, kinesis_payload, kinesis_window, dynamodb_item, dynamodb_key, dynamodb_raw, dynamodb_payload,
        dynamodb_window, kafka_raw, kafka_payload, sns_raw, sns_payload, s3_payload, eventbridge_payload,
        schedule_payload, cloudwatch_logs_raw, cloudwatch_logs_payload, ses_payload, ses_answers, activemq_raw, activemq_payload, iot_payload,
        event_payload,
    ],
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events")
}

/// The files of a source, by name, with their text.
fn files(source: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder().join(source)).unwrap().map(|entry| entry.unwrap().path());
    let json = entries.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let mut files: Vec<_> = json
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{source}");
    files
}

async fn invoke(handler: &str, text: &str, fails: Option<&str>) -> (Invocation, &'static Seen) {
    let app = TestApp::<App>::new().with(Seen { fails: fails.map(str::to_owned), ..Seen::default() });
    let done = app.invoke(handler, text).await;
    (done, app.get::<Seen>().unwrap())
}

/// A record as the JSON has it.
#[derive(Debug)]
struct Expected {
    /// What the handlers call it.
    id: String,
    /// How the response names it.
    identifier: Value,
    /// Records of one lane keep their order.
    lane: String,
    /// Its payload before it is decoded as JSON; absent for a tombstone.
    bytes: Option<Vec<u8>>,
    fields: Value,
}

impl Expected {
    fn payload(&self) -> Option<Value> {
        self.bytes.as_ref().map_or(Some(Value::Null), |bytes| serde_json::from_slice(bytes).ok())
    }
}

/// What a source makes of a failure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Reports the failed record, and what follows it in its lane.
    Lanes,
    /// Reports the first record that is not done, and goes no further.
    Checkpoint,
    /// Fails the invocation, after all records had their turn.
    Notification,
}

/// Runs every file of a source through its handlers, first without a failure and then with that of each record.
/// Returns how many records there were in each file.
async fn check(
    source: &str,
    kind: Kind,
    success: impl Fn(&Value) -> Value,
    read: impl Fn(&Value) -> Vec<Expected>,
    payload: impl Fn(&str, usize, &Expected) -> Option<Value>,
) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (file, text) in files(source) {
        let event: Value = serde_json::from_str(&text).unwrap();
        let records = read(&event);
        counts.insert(file.clone(), records.len());
        let whole = success(&event);

        let raw = format!("{source}_raw");
        if TestApp::<App>::new().reached(&raw).is_some() {
            let (done, seen) = invoke(&raw, &text, None).await;
            assert_eq!(done.response(), whole, "{file}");
            let turns = seen.turns.lock().unwrap();
            assert_eq!(turns.len(), records.len(), "{file}");
            for (turn, record) in turns.iter().zip(&records) {
                assert_eq!(turn.id, record.id, "{file}");
                assert_eq!(turn.fields, record.fields, "{file}");
                assert_eq!(turn.payload, json!(record.bytes), "{file}");
            }
        }

        for failing in std::iter::once(None).chain((0..records.len()).map(Some)) {
            let fails = failing.map(|index| records[index].id.as_str());
            let (done, seen) = invoke(&format!("{source}_payload"), &text, fails).await;
            let (mut turns, mut failed, mut ended) = (Vec::new(), Vec::new(), BTreeSet::new());
            for (index, record) in records.iter().enumerate() {
                let lane = if kind == Kind::Checkpoint { "one" } else { record.lane.as_str() };
                if ended.contains(lane) {
                    failed.push(index);
                    continue;
                }
                let payload = payload(&file, index, record);
                let is_failed = payload.is_none() || failing == Some(index);
                turns.extend(payload.map(|payload| (index, payload)));
                if is_failed {
                    failed.push(index);
                    if kind != Kind::Notification {
                        ended.insert(lane);
                    }
                }
            }

            let what = format!("{source}/{file}, failing {fails:?}: {done:?}");
            let seen = seen.turns.lock().unwrap();
            assert_eq!(seen.len(), turns.len(), "{what}");
            for (seen, (index, payload)) in seen.iter().zip(turns) {
                assert_eq!((&seen.id, &seen.payload), (&records[index].id, &payload), "{what}");
                assert_eq!(seen.fields, records[index].fields, "{what}");
            }
            if kind == Kind::Checkpoint {
                failed.truncate(1);
            }
            if kind == Kind::Notification && !failed.is_empty() {
                let error = done.error().unwrap();
                let is_malformed =
                    failing.is_none() || payload(&file, failing.unwrap(), &records[failing.unwrap()]).is_none();
                let first = if is_malformed { "MalformedPayload" } else { "this one fails" };
                let many = "records failed; the first: ";
                assert!(error.to_string().contains(first) || error.error_message.contains(many), "{what}");
                continue;
            }
            let mut expected = whole.clone();
            if !failed.is_empty() {
                let failures = failed.iter().map(|index| json!({"itemIdentifier": records[*index].identifier}));
                expected["batchItemFailures"] = failures.collect();
            }
            assert_eq!(done.response(), expected, "{what}");
        }
    }
    counts
}

fn nothing_failed(event: &Value) -> Value {
    let mut response = json!({"batchItemFailures": []});
    if !event["window"].is_null() {
        // Untouched by a handler that takes no state.
        response["state"] = event["state"].clone();
    }
    response
}

fn decoded(_: &str, _: usize, record: &Expected) -> Option<Value> {
    record.payload()
}

fn records<'v>(event: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    event[name].as_array().into_iter().flatten()
}

fn base64(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Milliseconds, as a number or in quotes, in microseconds.
fn millis(value: &Value) -> Value {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    json!(number.map(|number| number * 1000))
}

/// Seconds in microseconds.
fn seconds(value: &Value) -> Value {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time of this century")]
    let micros = value.as_f64().map(|seconds| (seconds * 1e3).round() as u64 * 1000);
    json!(micros)
}

/// `2025-10-09T08:53:20.123Z` in microseconds.
fn date(value: &Value) -> Value {
    let Some(text) = value.as_str() else { return Value::Null };
    let parts: Vec<u64> = text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect();
    let leap_years = |year: u64| year / 4 - year / 100 + year / 400;
    let (year, month) = (parts[0], parts[1]);
    let is_leap = leap_years(year) > leap_years(year - 1);
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: u64 = lengths.iter().take(usize::try_from(month).unwrap() - 1).sum();
    let days = (year - 1970) * 365 + leap_years(year - 1) - leap_years(1969) + months + parts[2] - 1;
    let seconds = ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5];
    json!(seconds * 1_000_000 + parts.get(6).map_or(0, |ms| ms * 1000))
}

#[test]
fn dates_are_read_right() {
    assert_eq!(date(&json!("1970-01-01T00:00:00Z")), json!(0));
    assert_eq!(date(&json!("2000-03-01T00:00:01.250Z")), json!(951_868_801_250_000_u64));
    assert_eq!(date(&json!("2025-10-09T08:53:20Z")), json!(1_760_000_000_000_000_u64));
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn number(value: &Value) -> Value {
    json!(value.as_str().and_then(|text| text.parse::<u64>().ok()))
}

fn sqs(event: &Value) -> Vec<Expected> {
    let record = |record: &Value| {
        let own = &record["attributes"];
        let arn = string(&record["eventSourceARN"]);
        let attributes = object(&record["messageAttributes"]);
        let attributes: Map<String, Value> = attributes
            .map(|(name, a)| (name.clone(), json!([a["dataType"], a["stringValue"], a["binaryValue"]])))
            .collect();
        let id = string(&record["messageId"]);
        // Each message of a standard queue is on its own.
        let lane = if arn.ends_with(".fifo") { string(&own["MessageGroupId"]) } else { id.clone() };
        Expected {
            identifier: json!(id),
            lane,
            bytes: Some(string(&record["body"]).into_bytes()),
            fields: json!({
                "message_id": id,
                "body": record["body"],
                "receipt_handle": record["receiptHandle"],
                "approximate_receive_count": number(&own["ApproximateReceiveCount"]),
                "approximate_first_receive_timestamp": millis(&own["ApproximateFirstReceiveTimestamp"]),
                "sent_timestamp": millis(&own["SentTimestamp"]),
                "sender_id": own["SenderId"],
                "sequence_number": own["SequenceNumber"],
                "message_group_id": own["MessageGroupId"],
                "message_deduplication_id": own["MessageDeduplicationId"],
                "aws_trace_header": own["AWSTraceHeader"],
                "dead_letter_queue_source_arn": own["DeadLetterQueueSourceArn"],
                "message_attributes": attributes,
                "by_name": attributes,
                "md5_of_body": record["md5OfBody"],
                "md5_of_message_attributes": record["md5OfMessageAttributes"],
                "event_source": "aws:sqs",
                "event_source_arn": arn,
                "queue_name": arn.split(':').next_back(),
                "aws_region": record["awsRegion"],
            }),
            id,
        }
    };
    records(event, "Records").map(record).collect()
}

#[tokio::test]
async fn messages_of_queues() {
    let counts = check("sqs", Kind::Lanes, nothing_failed, sqs, decoded).await;
    assert_eq!((counts["standard-queue"], counts["fifo-queue-two-groups"]), (2, 3));
}

fn kinesis(event: &Value) -> Vec<Expected> {
    let record = |record: &Value| {
        let stream = &record["kinesis"];
        let data = base64(stream["data"].as_str().unwrap());
        Expected {
            id: string(&stream["sequenceNumber"]),
            identifier: stream["sequenceNumber"].clone(),
            lane: string(&stream["partitionKey"]),
            fields: json!({
                "event_id": record["eventID"],
                "sequence_number": stream["sequenceNumber"],
                "partition_key": stream["partitionKey"],
                "data": data,
                "approximate_arrival_timestamp": seconds(&stream["approximateArrivalTimestamp"]),
                "event_source_arn": record["eventSourceARN"],
                "aws_region": record["awsRegion"],
            }),
            bytes: Some(data),
        }
    };
    records(event, "Records").map(record).collect()
}

#[tokio::test]
async fn records_of_streams() {
    let counts = check("kinesis", Kind::Checkpoint, nothing_failed, kinesis, decoded).await;
    assert_eq!((counts["not-json-data"], counts["tumbling-window-final"]), (3, 0));
}

/// Key attributes without their types.
fn plain(keys: &Value) -> Value {
    let plain = object(keys).map(|(name, typed)| match (&typed["S"], &typed["N"]) {
        (Value::String(text), _) => (name.clone(), json!(text)),
        (_, number) => (name.clone(), string(number).parse().unwrap()),
    });
    Value::Object(plain.collect())
}

/// JSON has no bytes, so a `serde_json::Value` can't take them.
fn holds_bytes(attributes: &Value) -> bool {
    object(attributes).any(|(_, typed)| typed.get("B").is_some() || typed.get("BS").is_some())
}

fn dynamodb(event: &Value) -> Vec<Expected> {
    let record = |record: &Value| {
        let stream = &record["dynamodb"];
        let principal = &record["userIdentity"]["principalId"];
        Expected {
            id: string(&stream["SequenceNumber"]),
            identifier: stream["SequenceNumber"].clone(),
            lane: stream["Keys"].to_string(),
            bytes: None,
            fields: json!({
                "event_id": record["eventID"],
                "event_name": record["eventName"],
                "sequence_number": stream["SequenceNumber"],
                "keys": if holds_bytes(&stream["Keys"]) { Value::Null } else { plain(&stream["Keys"]) },
                "stream_view_type": stream["StreamViewType"],
                "approximate_creation_date_time": seconds(&stream["ApproximateCreationDateTime"]),
                "size_bytes": stream["SizeBytes"],
                "principal_id": principal,
                "is_expired": principal == "dynamodb.amazonaws.com",
                "event_source_arn": record["eventSourceARN"],
                "aws_region": record["awsRegion"],
            }),
        }
    };
    records(event, "Records").map(record).collect()
}

/// The changes of each file, worked out by hand: the new image and the old one.
#[allow(clippy::approx_constant, reason = "the file has so many digits")]
fn changes(file: &str) -> Value {
    let (small, large) = (json!({"id": "a", "total": 3}), json!({"id": "a", "total": 5}));
    match file {
        "insert-modify-remove" | "tumbling-window" => json!([[small, null], [large, small], [null, large]]),
        "scientific-timestamp" => json!([[small, null], [large, small]]),
        "new-image" => json!([[large, {"id": "a"}]]),
        "old-image" => json!([[{"id": "a"}, small], [{"id": "b"}, null]]),
        "keys-only" => {
            let key = json!({"customer": "customer-7", "placed": 1_760_000_000});
            json!([[key, null], [null, key]])
        }
        "deleted-by-time-to-live" => json!([[null, {"id": "old", "expires": 1_759_990_000}]]),
        "binary-and-number-keys" => json!([[{"hash": br#"{"id":"k"}"#, "range": 7}, null]]),
        "without-creation-time" => {
            let (new, changed) = (json!({"Id": 101, "Note": "A new item"}), "An item that has changed");
            json!([[new, null], [{"Id": 101, "Note": changed}, new]])
        }
        "all-attribute-types" => json!([[{
            "id": "all", "text": "crème brûlée", "empty": "", "whole": 42, "fraction": -3.141_59, "big": 1e38,
            "tiny": 1e-130, "bytes": [0, 1, 42, 255], "yes": true, "no": false, "nothing": null,
            "map": {"name": "Ada", "age": 36, "inner": {}}, "list": ["tea", 2.5, [], true, null],
            "strings": ["giraffe", "zebra"], "numbers": [7.0, -0.5, 1000.0], "blobs": [b"one", [254, 255]],
        }, null]]),
        other => panic!("{other} has no expectation"),
    }
}

/// Files whose items hold bytes, which fail as a `serde_json::Value`, and a handler whose type takes them.
const WITH_BYTES: [(&str, &str); 2] =
    [("all-attribute-types", "dynamodb_item"), ("binary-and-number-keys", "dynamodb_key")];

#[tokio::test]
async fn changes_of_tables() {
    let payload = |file: &str, index: usize, _: &Expected| {
        let change = &changes(file)[index];
        let fits = WITH_BYTES.iter().all(|(with_bytes, _)| *with_bytes != file);
        fits.then(|| json!({"new": change[0], "old": change[1]}))
    };
    let counts = check("dynamodb", Kind::Checkpoint, nothing_failed, dynamodb, payload).await;
    assert_eq!((counts["insert-modify-remove"], counts["tumbling-window-final"]), (3, 0));

    for (file, handler) in WITH_BYTES {
        let text = fs::read_to_string(folder().join(format!("dynamodb/{file}.json"))).unwrap();
        let (done, seen) = invoke(handler, &text, None).await;
        assert_eq!(done.response(), json!({"batchItemFailures": []}), "{file}");
        let turns = seen.turns.lock().unwrap();
        assert_eq!(turns.len(), 1, "{file}");
        assert_eq!(turns[0].payload, json!({"new": changes(file)[0][0], "old": null}), "{file}");
        if handler == "dynamodb_key" {
            assert_eq!(turns[0].fields, changes(file)[0][0], "the item is its key");
        }
    }
}

#[tokio::test]
async fn windows_of_streams() {
    let mut windows = 0;
    for (source, name, id) in [("kinesis", "kinesis", "sequenceNumber"), ("dynamodb", "dynamodb", "SequenceNumber")] {
        for (file, text) in files(source) {
            let event: Value = serde_json::from_str(&text).unwrap();
            if event["window"].is_null() {
                continue;
            }
            windows += 1;
            let (done, seen) = invoke(&format!("{source}_window"), &text, None).await;
            let mut state = event["state"].clone();
            let window = json!({
                "start": date(&event["window"]["start"]),
                "end": date(&event["window"]["end"]),
                "shard_id": event["shardId"],
                "is_final": event["isFinalInvokeForWindow"],
                "is_terminated_early": event["isWindowTerminatedEarly"],
            });
            let turns = seen.turns.lock().unwrap();
            assert_eq!(turns.len(), records(&event, "Records").count(), "{file}");
            for (index, (turn, record)) in turns.iter().zip(records(&event, "Records")).enumerate() {
                let sequence_number = &record[name][id];
                let value = match source {
                    "kinesis" => record[name]["partitionKey"].clone(),
                    _ => json!({"new": changes(&file)[index][0], "old": changes(&file)[index][1]}),
                };
                state[string(sequence_number)] = value;
                assert_eq!((json!(turn.id), &turn.payload), (sequence_number.clone(), &state), "{file}");
                assert_eq!(turn.fields, window, "{file}");
            }
            assert_eq!(done.response(), json!({"state": state, "batchItemFailures": []}), "{file}");
            let is_final = event["isFinalInvokeForWindow"].as_bool().unwrap();
            let ended = if is_final { vec![(state, window)] } else { Vec::new() };
            assert_eq!(*seen.ended.lock().unwrap(), ended, "{file}");
        }
    }
    assert_eq!(windows, 7);
}

fn kafka(event: &Value) -> Vec<Expected> {
    let mut all = Vec::new();
    for (partition, records) in object(&event["records"]) {
        for record in records.as_array().unwrap() {
            let decoded = |name: &str| record[name].as_str().map(base64);
            let offset = record["offset"].as_i64().unwrap();
            let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
            for (name, bytes) in record["headers"].as_array().unwrap().iter().flat_map(object) {
                let bytes = bytes.as_array().unwrap().iter();
                // Two's complement: -1 and 255 are one byte.
                let bytes = bytes.map(|byte| byte.as_i64().unwrap().to_le_bytes()[0]).collect();
                headers.push((name.clone(), bytes));
            }
            let last: BTreeMap<&String, &Vec<u8>> = headers.iter().map(|(name, bytes)| (name, bytes)).collect();
            let partition_number =
                record["partition"].as_i64().or_else(|| record["partition"].as_str()?.parse().ok()).unwrap();
            all.push(Expected {
                id: format!("{partition}/{offset}"),
                identifier: json!({"partition": partition, "offset": offset}),
                lane: partition.clone(),
                bytes: decoded("value"),
                fields: json!({
                    "id": format!("{partition}/{offset}"),
                    "topic": record["topic"],
                    "partition": partition_number,
                    "offset": offset,
                    "timestamp": millis(&record["timestamp"]),
                    "timestamp_type": record["timestampType"],
                    "key": decoded("key"),
                    "value": decoded("value"),
                    "by_name": headers.iter().map(|(name, _)| last[name]).collect::<Vec<_>>(),
                    "headers": headers,
                    "key_schema_id": record["keySchemaMetadata"]["schemaId"],
                    "key_data_format": record["keySchemaMetadata"]["dataFormat"],
                    "value_schema_id": record["valueSchemaMetadata"]["schemaId"],
                    "value_data_format": record["valueSchemaMetadata"]["dataFormat"],
                    "event_source_arn": event["eventSourceArn"],
                    "bootstrap_servers": event["bootstrapServers"],
                }),
            });
        }
    }
    all
}

#[tokio::test]
async fn records_of_partitions() {
    let counts = check("kafka", Kind::Lanes, nothing_failed, kafka, decoded).await;
    assert_eq!((counts["several-partitions"], counts["null-and-missing-keys"]), (4, 2));
}

fn nothing(_: &Value) -> Value {
    Value::Null
}

fn sns(event: &Value) -> Vec<Expected> {
    let record = |record: &Value| {
        let sns = &record["Sns"];
        let attributes = object(&sns["MessageAttributes"]);
        let attributes: Map<String, Value> =
            attributes.map(|(name, a)| (name.clone(), json!([a["Type"], a["Value"]]))).collect();
        Expected {
            id: string(&sns["MessageId"]),
            identifier: Value::Null,
            lane: String::new(),
            bytes: Some(string(&sns["Message"]).into_bytes()),
            fields: json!({
                "message_id": sns["MessageId"],
                "message": sns["Message"],
                "subject": sns["Subject"],
                "timestamp": date(&sns["Timestamp"]),
                "topic_arn": sns["TopicArn"],
                "event_subscription_arn": record["EventSubscriptionArn"],
                "message_attributes": attributes,
                "by_name": attributes,
            }),
        }
    };
    records(event, "Records").map(record).collect()
}

#[tokio::test]
async fn messages_of_topics() {
    check("sns", Kind::Notification, nothing, sns, decoded).await;
}

/// The keys that are written in another way than they read.
fn key(raw: &str) -> &str {
    match raw {
        "red+flower.jpg" => "red flower.jpg",
        "a%2Bb.txt" => "a+b.txt",
        "cr%C3%A8me+br%C3%BBl%C3%A9e/%E8%8C%B6.json" => "crème brûlée/茶.json",
        "100%25+%26+%22more%22%3Fx%3D1%23top" => "100% & \"more\"?x=1#top",
        "date%3D2025-10-09/part-0000.parquet" => "date=2025-10-09/part-0000.parquet",
        "%F0%9F%8D%9E.txt" => "🍞.txt",
        raw => {
            assert!(!raw.contains(['+', '%']), "{raw} has no expectation");
            raw
        }
    }
}

fn s3(event: &Value) -> Vec<Expected> {
    let record = |record: &Value| {
        let (bucket, object) = (&record["s3"]["bucket"], &record["s3"]["object"]);
        let raw_key = string(&object["key"]);
        Expected {
            identifier: Value::Null,
            lane: String::new(),
            bytes: Some(serde_json::to_vec(key(&raw_key)).unwrap()),
            fields: json!({
                "event_name": record["eventName"],
                "event_time": date(&record["eventTime"]),
                "event_version": record["eventVersion"],
                "bucket": bucket["name"],
                "bucket_arn": bucket["arn"],
                "key": key(&raw_key),
                "raw_key": raw_key,
                "version_id": object["versionId"],
                "size": object["size"],
                "e_tag": object["eTag"],
                "sequencer": object["sequencer"],
                "configuration_id": record["s3"]["configurationId"],
                "principal_id": record["userIdentity"]["principalId"],
                "source_ip": record["requestParameters"]["sourceIPAddress"],
                "aws_region": record["awsRegion"],
            }),
            id: raw_key,
        }
    };
    records(event, "Records").map(record).collect()
}

#[tokio::test]
async fn notifications_of_buckets() {
    let counts = check("s3", Kind::Notification, nothing, s3, decoded).await;
    assert_eq!((counts["test-event"], counts["several-records"], counts["keys-with-special-characters"]), (0, 3, 7));
}

fn bridge_fields(event: &Value) -> Value {
    json!({
        "id": event["id"],
        "source": event["source"],
        "detail_type": event["detail-type"],
        "account": event["account"],
        "time": date(&event["time"]),
        "region": event["region"],
        "resources": event.get("resources").unwrap_or(&json!([])),
        "replay_name": event["replay-name"],
    })
}

fn alone(id: &str, payload: &Value, fields: Value) -> Vec<Expected> {
    let bytes = Some(payload.to_string().into_bytes());
    vec![Expected { id: id.to_owned(), identifier: Value::Null, lane: String::new(), bytes, fields }]
}

#[tokio::test]
async fn events_of_buses() {
    let read = |event: &Value| alone(event["id"].as_str().unwrap(), &event["detail"], bridge_fields(event));
    check("eventbridge", Kind::Notification, nothing, read, decoded).await;
}

#[tokio::test]
async fn schedules() {
    let read = |event: &Value| match event["detail-type"].as_str() {
        // EventBridge Scheduler quotes it.
        Some("Scheduled Event") => alone("event", &json!({}), bridge_fields(event)),
        _ => alone("event", event, bridge_fields(&json!({}))),
    };
    check("schedule", Kind::Notification, nothing, read, decoded).await;
}

#[tokio::test]
async fn log_events() {
    let counts = check("cloudwatch_logs", Kind::Notification, nothing, log_records, decoded).await;
    assert_eq!((counts["control-message"], counts["data-message"], counts["extracted-fields"]), (0, 2, 2));
    for (file, text) in files("cloudwatch_logs/decoded") {
        let packed = fs::read_to_string(folder().join(format!("cloudwatch_logs/{file}.json"))).unwrap();
        let packed = gunzip(&serde_json::from_str(&packed).unwrap());
        assert_eq!(packed, serde_json::from_str::<Value>(&text).unwrap(), "{file}");
    }
}

fn gunzip(event: &Value) -> Value {
    let packed = base64(event["awslogs"]["data"].as_str().unwrap());
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*packed).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn log_records(event: &Value) -> Vec<Expected> {
    let data = gunzip(event);
    if data["messageType"] == "CONTROL_MESSAGE" {
        return Vec::new();
    }
    let record = |record: &Value| Expected {
        id: string(&record["id"]),
        identifier: Value::Null,
        lane: String::new(),
        bytes: Some(string(&record["message"]).into_bytes()),
        fields: json!({
            "id": record["id"],
            "timestamp": millis(&record["timestamp"]),
            "message": record["message"],
            "extracted_fields": record.get("extractedFields").unwrap_or(&json!({})),
            "log_group": data["logGroup"],
            "log_stream": data["logStream"],
            "owner": data["owner"],
            "subscription_filters": data["subscriptionFilters"],
            "message_type": "DATA_MESSAGE",
        }),
    };
    records(&data, "logEvents").map(record).collect()
}

fn ses(event: &Value) -> Vec<Expected> {
    let list = |value: &Value| if value.is_null() { json!([]) } else { value.clone() };
    let record = |record: &Value| {
        let (mail, receipt) = (&record["ses"]["mail"], &record["ses"]["receipt"]);
        let common = &mail["commonHeaders"];
        let headers: Vec<(String, String)> =
            records(mail, "headers").map(|header| (string(&header["name"]), string(&header["value"]))).collect();
        // From behind, so that the first one stays.
        let first: BTreeMap<String, &String> =
            headers.iter().rev().map(|(name, value)| (name.to_lowercase(), value)).collect();
        Expected {
            id: string(&mail["messageId"]),
            identifier: Value::Null,
            lane: String::new(),
            bytes: None,
            fields: json!({
                "message_id": mail["messageId"],
                "timestamp": date(&mail["timestamp"]),
                "source": mail["source"],
                "destination": mail["destination"],
                "subject": common["subject"],
                "from": list(&common["from"]),
                "to": list(&common["to"]),
                "cc": list(&common["cc"]),
                "by_name": headers.iter().map(|(name, _)| first[&name.to_lowercase()]).collect::<Vec<_>>(),
                "headers": headers,
                "headers_truncated": mail["headersTruncated"],
                "recipients": receipt["recipients"],
                "spam_verdict": receipt["spamVerdict"]["status"],
                "virus_verdict": receipt["virusVerdict"]["status"],
                "spf_verdict": receipt["spfVerdict"]["status"],
                "dkim_verdict": receipt["dkimVerdict"]["status"],
                "dmarc_verdict": receipt["dmarcVerdict"]["status"],
                "dmarc_policy": receipt["dmarcPolicy"],
                "action_type": "Lambda",
                "is_synchronous": receipt["action"]["invocationType"] == "RequestResponse",
            }),
        }
    };
    records(event, "Records").map(record).collect()
}

#[tokio::test]
async fn mail() {
    check("ses", Kind::Notification, nothing, ses, decoded).await;
    for (file, text) in files("ses") {
        let (done, _) = invoke("ses_answers", &text, None).await;
        let is_synchronous = ["request-response", "failed-checks"].contains(&file.as_str());
        let disposition = if is_synchronous { "STOP_RULE_SET" } else { "CONTINUE" };
        assert_eq!(done.response(), json!({"disposition": disposition}), "{file}");
    }
}

fn activemq(event: &Value) -> Vec<Expected> {
    let message = |message: &Value| Expected {
        id: string(&message["messageID"]),
        identifier: Value::Null,
        lane: String::new(),
        bytes: message["data"].as_str().map(base64),
        fields: json!({
            "message_id": message["messageID"],
            "message_type": message["messageType"],
            "destination": message["destination"]["physicalName"],
            "correlation_id": message["correlationId"],
            "reply_to": message["replyTo"],
            "priority": message["priority"],
            "is_redelivered": message["redelivered"],
            "timestamp": millis(&message["timestamp"]),
            "kind": message["properties"]["kind"],
            "data": message["data"].as_str().map(base64),
            "event_source_arn": event["eventSourceArn"],
        }),
    };
    records(event, "messages").map(message).collect()
}

#[tokio::test]
async fn messages_of_brokers() {
    check("activemq", Kind::Notification, nothing, activemq, decoded).await;
}

#[tokio::test]
async fn messages_of_devices() {
    let read = |event: &Value| alone("event", event, Value::Null);
    check("iot", Kind::Notification, nothing, read, decoded).await;
}

#[tokio::test]
async fn events_without_a_source_of_their_own() {
    for (file, text) in files("event") {
        let (done, _) = invoke("event_payload", &text, None).await;
        assert_eq!(done.response(), serde_json::from_str::<Value>(&text).unwrap(), "{file}");
    }
}

/// What one source sends is refused by the handlers of the others, unless they have no way to know.
#[tokio::test]
async fn an_event_of_another_source_is_refused() {
    let sources = [
        "sqs",
        "kinesis",
        "dynamodb",
        "kafka",
        "sns",
        "s3",
        "eventbridge",
        "cloudwatch_logs",
        "ses",
        "activemq",
        "iot",
        "event",
    ];
    for handler in &sources[..10] {
        for source in sources.iter().filter(|source| *source != handler) {
            for (file, text) in files(source) {
                let event: Value = serde_json::from_str(&text).unwrap();
                let names_no_source = match *handler {
                    // A last event of a window holds no record that could say whose it is.
                    "sqs" | "kinesis" | "dynamodb" | "sns" | "s3" | "ses" => event["Records"] == json!([]),
                    // Any event with a detail could be one of a bus.
                    "eventbridge" => !event["detail"].is_null(),
                    _ => false,
                };
                let (done, seen) = invoke(&format!("{handler}_payload"), &text, None).await;
                assert_eq!(done.error().is_none(), names_no_source, "{source}/{file} in a handler of {handler}");
                assert!(names_no_source || seen.turns.lock().unwrap().is_empty(), "{source}/{file}");
            }
        }
    }
}

#[test]
fn every_event_is_listed_with_its_documentation() {
    let readme = fs::read_to_string(folder().join("README.md")).unwrap();
    let mut listed = BTreeSet::new();
    for row in readme.lines().filter(|line| line.starts_with("| [")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [link, shows, page] = cells[..] else { panic!("{row}") };
        let (name, path) = link.trim_start_matches('[').trim_end_matches(')').split_once("](").unwrap();
        assert_eq!(name, path, "{row}");
        assert!(!shows.is_empty() && page.starts_with("<https://docs.aws.amazon.com/"), "{row}");
        assert!(listed.insert(path.to_owned()), "{path} is listed twice");
    }
    let mut there = BTreeSet::new();
    let mut folders = vec![String::new()];
    while let Some(under) = folders.pop() {
        for entry in fs::read_dir(folder().join(&under)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{under}{}", entry.file_name().to_str().unwrap());
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(format!("{path}/")),
                false if path.ends_with(".json") => drop(there.insert(path)),
                false => assert_eq!(path, "README.md"),
            }
        }
    }
    assert_eq!(listed, there);
}
