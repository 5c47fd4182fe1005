//! Example events that went wrong on their way: a field of another type, a record that is there twice, a text that
//! ends too soon. Whatever comes, the answer is an error or a response that its source understands, and a record that
//! the response acknowledges was completed or discarded by the handler.
//!
//! Which records an event has is read from its JSON here, by means that the library does not use.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod fields;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, Once};

use base64::Engine;
use flate2::Compression;
use flate2::write::GzEncoder;
use lambkin::FailureKind;
use lambkin::prelude::*;
use lambkin::testing::{Invocation, TestApp};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use serde::{Deserializer, de};
use serde_json::{Value, json};

/// Says of a failure that it was the handler's, and of a panic that nothing else went wrong.
const CHOSEN: &str = "as chosen";

/// What the handlers did.
#[derive(Default)]
struct Ledger {
    /// Which records fail; none if it is 0.
    salt: u64,
    started: Mutex<Vec<String>>,
    /// The records that may be acknowledged.
    finished: Mutex<Vec<String>>,
    /// Those that may not.
    failed: Mutex<Vec<String>>,
}

enum Act {
    Succeed,
    Fail,
    Discard,
    Panic,
}

impl Ledger {
    fn act(&self, id: &str) -> Act {
        let mut hasher = DefaultHasher::new();
        (self.salt, id).hash(&mut hasher);
        match hasher.finish() % 8 {
            0 if self.salt != 0 => Act::Fail,
            1 if self.salt != 0 => Act::Discard,
            2 if self.salt != 0 => Act::Panic,
            _ => Act::Succeed,
        }
    }

    fn note(list: &Mutex<Vec<String>>, id: &str) {
        list.lock().unwrap().push(id.to_owned());
    }

    /// `_fields` is here for the accessors that made it.
    async fn visit(&self, id: &str, _fields: Value) -> Result<(), Error> {
        Self::note(&self.started, id);
        tokio::task::yield_now().await;
        match self.act(id) {
            Act::Succeed => {
                Self::note(&self.finished, id);
                Ok(())
            }
            Act::Discard => {
                Self::note(&self.finished, id);
                Err(Discard::new(CHOSEN).into())
            }
            Act::Fail => {
                Self::note(&self.failed, id);
                Err(Error::msg(CHOSEN))
            }
            Act::Panic => {
                Self::note(&self.failed, id);
                panic!("{CHOSEN}")
            }
        }
    }

    fn visit_all<T, M>(&self, batch: Batch<T, M>, fields: impl Fn(&M) -> Value) -> Result<Processed, Error> {
        let mut unmarked = Vec::new();
        for entry in &batch {
            let _ = fields(entry.message());
            let id = entry.id();
            Self::note(&self.started, id);
            match self.act(id) {
                Act::Succeed => {
                    Self::note(&self.finished, id);
                    entry.done();
                }
                Act::Discard => {
                    Self::note(&self.finished, id);
                    entry.failed(Discard::new(CHOSEN));
                }
                Act::Fail => {
                    Self::note(&self.failed, id);
                    entry.failed(CHOSEN);
                }
                Act::Panic => unmarked.push(id.to_owned()),
            }
        }
        let ending = if unmarked.is_empty() { 0 } else { self.salt % 4 };
        let list = if ending == 0 { &self.finished } else { &self.failed };
        unmarked.iter().for_each(|id| Self::note(list, id));
        match ending {
            0 => Ok(batch.rest_done()),
            1 => Ok(batch.rest_retried()),
            2 => Err(Error::msg(CHOSEN)),
            _ => panic!("{CHOSEN}"),
        }
    }
}

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger::default())
}

#[handler(sqs)]
async fn sqs(_payload: Value, message: SqsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(message.message_id(), fields::sqs(message)).await
}

#[handler(sqs, concurrency = 3, all_failed = "report")]
async fn sqs_3(_body: RawBody<'_>, message: SqsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(message.message_id(), fields::sqs(message)).await
}

#[handler(sqs, all_failed = "report")]
async fn sqs_whole(batch: Batch<Value, SqsMessage<'_>>, ledger: &Ledger) -> Result<Processed, Error> {
    ledger.visit_all(batch, |message| fields::sqs(*message))
}

#[handler(kinesis)]
async fn kinesis(_payload: Value, record: KinesisRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(record.sequence_number(), fields::kinesis(record)).await
}

#[handler(kinesis, concurrency = 3, all_failed = "report")]
async fn kinesis_3(_data: RawBytes<'_>, record: KinesisRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(record.sequence_number(), fields::kinesis(record)).await
}

#[handler(kinesis, all_failed = "report")]
async fn kinesis_whole(batch: Batch<Value, KinesisRecord<'_>>, ledger: &Ledger) -> Result<Processed, Error> {
    ledger.visit_all(batch, |record| fields::kinesis(*record))
}

/// How many records there were under each key.
type Counts = BTreeMap<String, u64>;

#[handler(kinesis(tumbling_window = "1m"), on_window_end = window_end(ledger), all_failed = "report")]
async fn kinesis_window(
    record: KinesisRecord<'_>,
    window: Window<'_>,
    mut counts: WindowState<'_, Counts>,
    ledger: &Ledger,
) -> Result<(), Error> {
    let count = counts.entry(record.partition_key().unwrap_or_default().into_owned()).or_default();
    *count = count.saturating_add(1);
    ledger.visit(record.sequence_number(), json!([fields::kinesis(record), fields::window(window)])).await
}

async fn window_end(counts: Counts, window: Window<'_>, ledger: &Ledger) -> Result<(), Error> {
    let _ = (counts, fields::window(window));
    match ledger.act("end") {
        Act::Succeed | Act::Discard => Ok(()),
        Act::Fail => Err(Error::msg(CHOSEN)),
        Act::Panic => panic!("{CHOSEN}"),
    }
}

#[handler(dynamodb)]
async fn dynamodb(_change: Change<Value>, record: DynamoDbRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(record.sequence_number(), fields::dynamodb(record)).await
}

#[handler(dynamodb, concurrency = 3, all_failed = "report")]
async fn dynamodb_3(record: DynamoDbRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(record.sequence_number(), fields::dynamodb(record)).await
}

#[handler(dynamodb, all_failed = "report")]
async fn dynamodb_whole(batch: Batch<Change<Value>, DynamoDbRecord<'_>>, ledger: &Ledger) -> Result<Processed, Error> {
    ledger.visit_all(batch, |record| fields::dynamodb(*record))
}

#[handler(dynamodb(tumbling_window = "1m"), on_window_end = window_end(ledger), all_failed = "report")]
async fn dynamodb_window(
    record: DynamoDbRecord<'_>,
    window: Window<'_>,
    mut state: WindowState<'_, BTreeMap<String, Value>>,
    ledger: &Ledger,
) -> Result<(), Error> {
    state.insert(record.sequence_number().to_owned(), json!(record.event_name()));
    ledger.visit(record.sequence_number(), json!([fields::dynamodb(record), fields::window(window)])).await
}

#[handler(kafka)]
async fn kafka(_payload: Option<Value>, record: KafkaRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(record.id(), fields::kafka(record)).await
}

#[handler(kafka, concurrency = 1, all_failed = "report")]
async fn kafka_1(record: KafkaRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(record.id(), fields::kafka(record)).await
}

#[handler(kafka, all_failed = "report")]
async fn kafka_whole(batch: Batch<Option<Value>, KafkaRecord<'_>>, ledger: &Ledger) -> Result<Processed, Error> {
    ledger.visit_all(batch, |record| fields::kafka(*record))
}

#[handler(sns)]
async fn sns(_payload: Value, message: SnsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(message.message_id(), fields::sns(message)).await
}

#[handler(s3, concurrency = 2)]
async fn s3(event: S3Event<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(event.raw_key(), fields::s3(event)).await
}

#[handler(eventbridge)]
async fn eventbridge(_detail: Value, event: EventBridgeEvent<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit("event", fields::eventbridge(event)).await
}

#[handler(schedule)]
async fn schedule(_detail: Value, event: EventBridgeEvent<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit("event", fields::eventbridge(event)).await
}

#[handler(cloudwatch_logs)]
async fn cloudwatch_logs(_message: RawBody<'_>, event: LogEvent<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(event.id(), fields::log_event(event)).await
}

#[handler(ses)]
async fn ses(mail: SesMessage<'_>, ledger: &Ledger) -> Result<Option<Disposition>, Error> {
    ledger.visit(mail.message_id(), fields::ses(mail)).await?;
    Ok(mail.is_synchronous().then_some(Disposition::StopRule))
}

#[handler(activemq)]
async fn activemq(message: ActiveMqMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit(message.message_id(), fields::activemq(message)).await
}

#[handler(iot)]
async fn iot(_selected: Value, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit("event", Value::Null).await
}

#[handler(event)]
async fn anything(_event: Value, ledger: &Ledger) -> Result<(), Error> {
    ledger.visit("event", Value::Null).await
}

lambkin::app! {
    init: [ledger],
    handlers: [
        sqs, sqs_3, sqs_whole, kinesis, kinesis_3, kinesis_whole, kinesis_window, dynamodb, dynamodb_3, dynamodb_whole,
        dynamodb_window, kafka, kafka_1, kafka_whole, sns, s3, eventbridge, schedule, cloudwatch_logs, ses, activemq, iot,
        anything,
    ],
}

/// How a source is told that records failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// All of them are named.
    Named,
    /// The first one is named, and all that follow come with it.
    Checkpoint,
    /// The invocation fails.
    Notification,
}

struct Source {
    folder: &'static str,
    handlers: &'static [&'static str],
    kind: Kind,
    /// The identifiers of an event's records; `None` if it is no event, or not all of them can be named.
    ids: fn(&Value) -> Option<Vec<Value>>,
}

fn each(records: &Value, id: fn(&Value) -> &Value) -> Option<Vec<Value>> {
    let records = records.as_array()?.iter();
    records.map(|record| id(record).as_str().filter(|id| !id.is_empty()).map(|id| json!(id))).collect()
}

fn stream(event: &Value, id: fn(&Value) -> &Value) -> Option<Vec<Value>> {
    // The last event of a window may come without records.
    match event["Records"].is_null() && event["window"].is_object() {
        true => Some(Vec::new()),
        false => each(&event["Records"], id),
    }
}

fn partitions(event: &Value) -> Option<Vec<Value>> {
    let mut ids = Vec::new();
    for (partition, records) in event["records"].as_object()? {
        for record in records.as_array()? {
            let offset = &record["offset"];
            let offset = offset.as_i64().or_else(|| offset.as_str()?.parse().ok())?;
            ids.push(json!({"partition": partition, "offset": offset}));
        }
    }
    Some(ids)
}

fn objects(event: &Value) -> Option<Vec<Value>> {
    match event["Records"].is_null() && event["Event"] == "s3:TestEvent" {
        true => Some(Vec::new()),
        // A record that names no object has no identifier, but it is there.
        false => Some(event["Records"].as_array()?.iter().map(|r| r["s3"]["object"]["key"].clone()).collect()),
    }
}

fn log_events(data: &Value) -> Option<Vec<Value>> {
    match data["messageType"] == "CONTROL_MESSAGE" {
        true => Some(Vec::new()),
        false => each(&data["logEvents"], |event| &event["id"]),
    }
}

fn one(_: &Value) -> Option<Vec<Value>> {
    Some(vec![json!("event")])
}

const SOURCES: [Source; 13] = [
    Source {
        folder: "sqs",
        handlers: &["sqs", "sqs_3", "sqs_whole"],
        kind: Kind::Named,
        ids: |event| each(&event["Records"], |record| &record["messageId"]),
    },
    Source {
        folder: "kinesis",
        handlers: &["kinesis", "kinesis_3", "kinesis_whole", "kinesis_window"],
        kind: Kind::Checkpoint,
        ids: |event| stream(event, |record| &record["kinesis"]["sequenceNumber"]),
    },
    Source {
        folder: "dynamodb",
        handlers: &["dynamodb", "dynamodb_3", "dynamodb_whole", "dynamodb_window"],
        kind: Kind::Checkpoint,
        ids: |event| stream(event, |record| &record["dynamodb"]["SequenceNumber"]),
    },
    Source { folder: "kafka", handlers: &["kafka", "kafka_1", "kafka_whole"], kind: Kind::Named, ids: partitions },
    Source {
        folder: "sns",
        handlers: &["sns"],
        kind: Kind::Notification,
        ids: |event| each(&event["Records"], |record| &record["Sns"]["MessageId"]),
    },
    Source { folder: "s3", handlers: &["s3"], kind: Kind::Notification, ids: objects },
    Source { folder: "eventbridge", handlers: &["eventbridge"], kind: Kind::Notification, ids: one },
    Source { folder: "schedule", handlers: &["schedule"], kind: Kind::Notification, ids: one },
    Source { folder: "cloudwatch_logs", handlers: &["cloudwatch_logs"], kind: Kind::Notification, ids: log_events },
    Source {
        folder: "ses",
        handlers: &["ses"],
        kind: Kind::Notification,
        ids: |event| each(&event["Records"], |record| &record["ses"]["mail"]["messageId"]),
    },
    Source {
        folder: "activemq",
        handlers: &["activemq"],
        kind: Kind::Notification,
        ids: |event| each(&event["messages"], |message| &message["messageID"]),
    },
    Source { folder: "iot", handlers: &["iot"], kind: Kind::Notification, ids: one },
    Source { folder: "event", handlers: &["anything"], kind: Kind::Notification, ids: one },
];

impl Source {
    fn of(folder: &str) -> &'static Self {
        const ALL: &[Source] = &SOURCES;
        ALL.iter().find(|source| source.folder == folder).unwrap()
    }

    /// What there is to change: of log events, what they are packed from.
    fn examples(&self) -> Vec<String> {
        let under = if self.folder == "cloudwatch_logs" { "cloudwatch_logs/decoded" } else { self.folder };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events").join(under);
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    fn packed(&self, event: Vec<u8>) -> Vec<u8> {
        if self.folder != "cloudwatch_logs" {
            return event;
        }
        let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
        packing.write_all(&event).unwrap();
        let data = base64::engine::general_purpose::STANDARD.encode(packing.finish().unwrap());
        json!({"awslogs": {"data": data}}).to_string().into_bytes()
    }

    /// How the handlers call a record that the response names in this way.
    fn name(&self, id: &Value) -> String {
        match self.folder {
            "kafka" => format!("{}/{}", id["partition"].as_str().unwrap(), id["offset"]),
            _ => id.as_str().unwrap_or_default().to_owned(),
        }
    }

    /// What holds whatever the event was. It is `None` if it can't be read.
    fn check(&self, event: Option<&Value>, done: &Invocation, ledger: &Ledger) {
        for record in done.records() {
            if let Some(failure) = record.outcome.failure().filter(|failure| failure.kind() == FailureKind::Panic) {
                assert!(failure.message().ends_with(CHOSEN), "only the handler panics: {done:?}");
            }
        }
        let failed = ledger.failed.lock().unwrap();
        if let Some(error) = done.error() {
            let is_panic = error.error_type == "Panic" || error.error_message.contains("panicked");
            assert!(!is_panic || error.error_message.ends_with(CHOSEN), "only the handler panics: {error}");
            assert!(!error.error_type.is_empty() && !error.error_message.is_empty());
            return;
        }

        // A state goes back as it came; a test can't read this one.
        if event.is_some_and(|event| is_too_deep(&json!({"state": event["state"]}))) {
            return;
        }
        let response = done.response();
        let mut reported = Vec::new();
        if self.kind == Kind::Notification {
            let is_disposition = self.folder == "ses" && response == json!({"disposition": "STOP_RULE"});
            assert!(response.is_null() || is_disposition, "{response}");
            assert!(failed.is_empty(), "{failed:?} failed, and the invocation did not");
        } else {
            let fields: BTreeSet<&str> = response.as_object().unwrap().keys().map(String::as_str).collect();
            let may_have_state = self.kind == Kind::Checkpoint;
            assert!(fields.iter().all(|name| *name == "batchItemFailures" || may_have_state && *name == "state"));
            for failure in response["batchItemFailures"].as_array().unwrap() {
                assert_eq!(failure.as_object().unwrap().len(), 1);
                reported.push(failure["itemIdentifier"].clone());
            }
        }

        let Some(event) = event else { return };
        let ids = (self.ids)(event).unwrap_or_else(|| panic!("{response} to what is no event"));
        for id in &reported {
            assert!(ids.contains(id), "{id} is reported, and was not in the event");
        }
        if self.kind == Kind::Checkpoint {
            assert!(reported.len() <= 1, "{response}");
            if event["window"].is_object() {
                assert!(response.get("state").is_some(), "Lambda takes a response without a state for a failure");
            }
        }
        let acknowledged: Vec<&Value> = match (self.kind, reported.first()) {
            (Kind::Checkpoint, Some(checkpoint)) => ids.iter().take_while(|id| *id != checkpoint).collect(),
            _ => ids.iter().filter(|id| !reported.contains(id)).collect(),
        };
        let finished = ledger.finished.lock().unwrap();
        let mut left: Vec<&str> = finished.iter().map(String::as_str).collect();
        for id in acknowledged {
            let name = self.name(id);
            let Some(found) = left.iter().position(|finished| *finished == name) else {
                panic!("{id} is acknowledged, and was not finished: {response}");
            };
            left.swap_remove(found);
        }
    }
}

/// Whether this is nested deeper than serde_json reads.
fn is_too_deep(value: &Value) -> bool {
    serde_json::from_str::<Value>(&value.to_string()).is_err()
}

/// Runs on a clock that nobody waits for.
fn invoke(handler: &str, event: &[u8], salt: u64) -> (Invocation, &'static Ledger) {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    tokio.block_on(async {
        let app = TestApp::<App>::new().with(Ledger { salt, ..Ledger::default() });
        let done = app.invoke(handler, event.to_vec()).await;
        (done, app.get::<Ledger>().unwrap())
    })
}

/// Keeps the handlers' own panics out of the output, and those of the assertions in it.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref::<String>().is_none_or(|message| message != CHOSEN) {
                report(info);
            }
        }));
    });
}

/// A place in an event; every other one is near the root, where the records' identifiers are.
#[derive(Clone, Debug)]
struct Spot {
    index: Index,
    is_shallow: bool,
}

impl Spot {
    /// The pointer to it.
    fn of(&self, event: &Value) -> String {
        let mut pointers = Vec::new();
        pointers_of(event, String::new(), &mut pointers);
        if self.is_shallow {
            pointers.retain(|pointer| pointer.matches('/').count() <= 4);
        }
        pointers[self.index.index(pointers.len())].clone()
    }
}

fn pointers_of(value: &Value, here: String, pointers: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                pointers_of(value, format!("{here}/{}", name.replace('~', "~0").replace('/', "~1")), pointers);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers_of(value, format!("{here}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(here);
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(Spot, Value),
    Remove(Spot),
    Insert(Spot, String, Value),
    /// An item of a list is there once more.
    Repeat(Spot),
    Reverse(Spot),
    /// What stands in one place stands in another as well.
    Copy(Spot, Spot),
    /// Of an object the values are left, without their names.
    Unname(Spot),
    /// An identifier is another one, or none.
    Rename(Index, Option<Value>),
}

/// What records are known by.
const IDENTIFIERS: [&str; 7] = ["messageId", "sequenceNumber", "SequenceNumber", "offset", "MessageId", "key", "id"];

impl Mutation {
    fn apply(&self, event: &mut Value) {
        if let Self::Rename(index, id) = self {
            let mut pointers = Vec::new();
            pointers_of(event, String::new(), &mut pointers);
            let places = pointers.iter().filter_map(|pointer| pointer.rsplit_once('/'));
            let places: Vec<_> = places.filter(|(_, name)| IDENTIFIERS.contains(name)).collect();
            if let Some((object, name)) = places.get(index.index(places.len().max(1))) {
                let fields = event.pointer_mut(object).unwrap().as_object_mut().unwrap();
                fields.remove(*name);
                fields.extend(id.clone().map(|id| ((*name).to_owned(), id)));
            }
        }
        let (Self::Replace(spot, ..)
        | Self::Remove(spot)
        | Self::Insert(spot, ..)
        | Self::Repeat(spot)
        | Self::Reverse(spot)
        | Self::Copy(_, spot)
        | Self::Unname(spot)) = self
        else {
            return;
        };
        let pointer = spot.of(event);
        let source = if let Self::Copy(source, _) = self { source.of(event) } else { String::new() };
        let copied = event.pointer(&source).cloned();
        let (parent, last) = pointer.rsplit_once('/').unwrap_or_default();
        match self {
            Self::Remove(_) => match event.pointer_mut(parent) {
                Some(Value::Object(fields)) => drop(fields.remove(&last.replace("~1", "/").replace("~0", "~"))),
                Some(Value::Array(items)) if !items.is_empty() => drop(items.remove(last.parse().unwrap_or_default())),
                _ => {}
            },
            Self::Repeat(_) => {
                let place: Option<usize> = last.parse().ok();
                if let (Some(place), Some(Value::Array(items))) = (place, event.pointer_mut(parent)) {
                    items.push(items[place].clone());
                }
            }
            _ => {
                let value = event.pointer_mut(&pointer).unwrap();
                match (self, &mut *value) {
                    (Self::Insert(_, name, inserted), Value::Object(fields)) => {
                        fields.insert(name.clone(), inserted.clone());
                    }
                    (Self::Insert(_, _, inserted), Value::Array(items)) => items.insert(0, inserted.clone()),
                    (Self::Reverse(_), Value::Array(items)) => items.reverse(),
                    (Self::Unname(_), Value::Object(fields)) => *value = fields.values().cloned().collect(),
                    (Self::Replace(_, other), _) => *value = other.clone(),
                    (Self::Copy(..), _) => *value = copied.unwrap(),
                    _ => {}
                }
            }
        }
    }
}

fn spot() -> impl Strategy<Value = Spot> {
    any::<(Index, bool)>().prop_map(|(index, is_shallow)| Spot { index, is_shallow })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        2 => prop::sample::select(vec!["", "0", "1", "-1", "true", "aws:sqs", "s3:TestEvent", "CONTROL_MESSAGE", "INSERT",
            "9223372036854775808", "1e400", "NaN", "%FF", "+", "AA", "A===", "x.fifo", "Scheduled Event", "\u{0}\"\\"])
            .prop_map(str::to_owned),
        1 => (1_usize..9_000).prop_map(|length| "long ".repeat(length / 5)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => (0_i64..3).prop_map(Value::from),
        3 => text().prop_map(Value::from),
        1 => Just(json!([])),
        1 => Just(json!({})),
        1 => prop::collection::vec(text().prop_map(Value::from), 1..3).prop_map(Value::from),
        1 => text().prop_map(|text| json!({ text.clone(): text })),
        // serde_json goes 128 levels deep.
        1 => (100_usize..200, any::<bool>()).prop_map(|(levels, is_list)| {
            (0..levels).fold(Value::Null, |inner, _| if is_list { json!([inner]) } else { json!({"a": inner}) })
        }),
    ]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (spot(), value()).prop_map(|(spot, value)| Mutation::Replace(spot, value)),
        3 => spot().prop_map(Mutation::Remove),
        1 => (spot(), text(), value()).prop_map(|(spot, name, value)| Mutation::Insert(spot, name, value)),
        3 => spot().prop_map(Mutation::Repeat),
        2 => spot().prop_map(Mutation::Reverse),
        2 => (spot(), spot()).prop_map(|(from, to)| Mutation::Copy(from, to)),
        1 => spot().prop_map(Mutation::Unname),
        2 => (any::<Index>(), prop_oneof![Just(None), Just(Some(json!(""))), value().prop_map(Some)])
            .prop_map(|(index, id)| Mutation::Rename(index, id)),
    ]
}

/// The same JSON, with every letter of its strings escaped; names too.
fn escaped(json: &str) -> String {
    let (mut escaped, mut is_text, mut is_escape) = (String::new(), false, false);
    for c in json.chars() {
        let was_escape = is_escape;
        is_escape = is_text && !was_escape && c == '\\';
        is_text ^= c == '"' && !was_escape;
        if is_text && c.is_alphanumeric() && !c.is_ascii_digit() && !was_escape {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped.push_str(&format!("\\u{unit:04x}")));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// JSON in which no object has a name twice: of another one, nobody can say what it means.
struct Plain;

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> de::Visitor<'de> for Plain {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON without repeated names")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names = BTreeSet::new();
        while let Some((name, Self)) = map.next_entry::<String, Self>()? {
            if !names.insert(name) {
                return Err(de::Error::custom("a repeated name"));
            }
        }
        Ok(self)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

/// Tries a property with each of many events, and reports the smallest for which it does not hold.
fn hold<S: Strategy>(strategy: S, property: impl Fn(S::Value))
where
    S::Value: Debug,
{
    quiet();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let held = TestRunner::new(config).run(&strategy, |case| {
        property(case);
        Ok(())
    });
    held.unwrap_or_else(|failure| panic!("{failure}"));
}

/// An example, the handler that gets it and which of its records fail.
fn case(source: &'static Source) -> impl Strategy<Value = (String, &'static str, u64)> {
    let handlers = prop::sample::select(source.handlers);
    (prop::sample::select(source.examples()), handlers, prop_oneof![1 => Just(0), 4 => 1_u64..10_000])
}

/// Nodes of the event are replaced, removed, repeated.
fn mutated(folder: &str) {
    let source = Source::of(folder);
    let mutations = prop::collection::vec(mutation(), 0..5);
    hold((case(source), mutations, any::<bool>()), |((example, handler, salt), mutations, is_escaped)| {
        let mut event: Value = serde_json::from_str(&example).unwrap();
        mutations.iter().for_each(|mutation| mutation.apply(&mut event));
        let text = if is_escaped { escaped(&event.to_string()) } else { event.to_string() };
        let (done, ledger) = invoke(handler, &source.packed(text.into_bytes()), salt);
        source.check(Some(&event), &done, ledger);
    });
}

#[derive(Clone, Debug)]
enum Damage {
    Cut(Index),
    Flip(Index, u8),
    Insert(Index, u8),
    Swap(Index, Index),
}

/// Bytes of the event are lost, or are others.
fn damaged(folder: &str) {
    let source = Source::of(folder);
    let damage = prop_oneof![
        1 => any::<Index>().prop_map(Damage::Cut),
        4 => (any::<Index>(), 0_u8..8).prop_map(|(index, bit)| Damage::Flip(index, 1 << bit)),
        2 => (any::<Index>(), prop_oneof![any::<u8>(), prop::sample::select(b"\"\\{}[],:0".to_vec())])
            .prop_map(|(index, byte)| Damage::Insert(index, byte)),
        1 => any::<(Index, Index)>().prop_map(|(a, b)| Damage::Swap(a, b)),
    ];
    let all = (case(source), prop::collection::vec(damage, 1..4), any::<bool>());
    hold(all, |((example, handler, salt), damages, is_outside)| {
        let damaged = |mut event: Vec<u8>| {
            for damage in &damages {
                let length = event.len().max(1);
                match damage {
                    Damage::Cut(index) => event.truncate(index.index(length)),
                    Damage::Insert(index, byte) => event.insert(index.index(length).min(event.len()), *byte),
                    _ if event.is_empty() => {}
                    Damage::Flip(index, bits) => event[index.index(length)] ^= bits,
                    Damage::Swap(a, b) => event.swap(a.index(length), b.index(length)),
                }
            }
            event
        };
        if is_outside && folder == "cloudwatch_logs" {
            let (done, ledger) = invoke(handler, &damaged(source.packed(example.into_bytes())), salt);
            source.check(None, &done, ledger);
            return;
        }
        let bytes = damaged(example.into_bytes());
        let (done, ledger) = invoke(handler, &source.packed(bytes.clone()), salt);
        assert!(std::str::from_utf8(&bytes).is_ok() || done.error().is_some(), "it is no text");
        let is_plain = serde_json::from_slice::<Plain>(&bytes).is_ok();
        let event: Option<Value> = is_plain.then(|| serde_json::from_slice(&bytes).ok()).flatten();
        source.check(event.as_ref(), &done, ledger);
    });
}

/// Objects whose fields are the sender's, and not the source's.
const SENDERS: [&str; 11] = [
    "detail",
    "state",
    "Keys",
    "NewImage",
    "OldImage",
    "messageAttributes",
    "MessageAttributes",
    "headers",
    "extractedFields",
    "records",
    "commonHeaders",
];

/// Fields that the library does not know, and another way to write the same JSON, make no difference.
fn decorated(folder: &str) {
    let source = Source::of(folder);
    let fields = prop::collection::vec((any::<Index>(), text(), value()), 0..5);
    hold((case(source), fields, any::<bool>()), |((example, handler, salt), fields, is_escaped)| {
        let mut event: Value = serde_json::from_str(&example).unwrap();
        let mut pointers = Vec::new();
        pointers_of(&event, String::new(), &mut pointers);
        let is_kafkas = |pointer: &String| folder == "kafka" && !pointer.ends_with("/records");
        pointers.retain(|pointer| {
            let is_senders = pointer.split('/').any(|name| SENDERS.contains(&name));
            event.pointer(pointer).unwrap().is_object() && (!is_senders || is_kafkas(pointer))
        });
        for (index, name, value) in fields {
            let object = event.pointer_mut(&pointers[index.index(pointers.len())]).unwrap();
            object[format!("new {name}")] = value;
        }
        let text = if is_escaped { escaped(&event.to_string()) } else { event.to_string() };
        let (done, ledger) = invoke(handler, &source.packed(text.into_bytes()), salt);
        source.check(Some(&event), &done, ledger);
        let (plainly, plain_ledger) = invoke(handler, &source.packed(example.into_bytes()), salt);
        // A message may say at which line it is.
        let error_type = |done: &Invocation| done.error().map(|error| error.error_type.clone());
        assert_eq!(error_type(&done), error_type(&plainly));
        if done.error().is_none() {
            assert_eq!(done.response(), plainly.response());
        }
        assert_eq!(*ledger.started.lock().unwrap(), *plain_ledger.started.lock().unwrap());
    });
}

macro_rules! properties {
    ($($property:ident: $($source:ident)*;)*) => { $(mod $property { $(
        #[test]
        fn $source() {
            super::$property(stringify!($source));
        }
    )* })* };
}

properties! {
    mutated: sqs kinesis dynamodb kafka sns s3 eventbridge schedule cloudwatch_logs ses activemq iot event;
    damaged: sqs kinesis dynamodb kafka sns s3 eventbridge schedule cloudwatch_logs ses activemq iot event;
    // The others have no envelope.
    decorated: sqs kinesis dynamodb kafka sns s3 eventbridge cloudwatch_logs ses activemq;
}
