//! Properties of streams, of windows and of batches as a whole: whatever the mix of outcomes, keys, concurrency and
//! deadline, a key's records keep their order, nothing is acknowledged past a failure, a window's state holds what
//! succeeded and nothing else, and a record of a batch that nobody declared done comes again.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambkin::FailureKind;
use lambkin::prelude::*;
use lambkin::testing::{Invocation, TestApp};
use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::Instant;

/// What a record makes the handler do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Act {
    Succeed,
    Fail,
    Discard,
    Panic,
    /// Fails after its work is done, when a local value is dropped.
    PanicInDrop,
    /// The payload does not decode.
    Garbage,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Task {
    act: Act,
    /// How long it takes, in milliseconds; at least one, so that others get their turn meanwhile.
    takes: u64,
}

/// How a handler of a whole batch ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Ending {
    #[default]
    RestDone,
    RestRetried,
    Fail,
    Discard,
    Panic,
    /// It takes longer than there is time.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Started,
    /// With whether the record may be acknowledged.
    Ended(bool),
}

/// What really happened, seen from inside of the handlers.
#[derive(Default)]
struct Ledger {
    steps: Mutex<Vec<(String, What, Instant)>>,
    running: AtomicUsize,
    most_running: AtomicUsize,
    /// How a window's end turns out.
    window_end: Option<Act>,
    window_ends: Mutex<Vec<Vec<String>>>,
    /// How many records a handler of a whole batch marks before it ends.
    marks: usize,
    ending: Ending,
}

/// Notes the end of a record, also of one that panics or is cut.
struct Running<'l> {
    ledger: &'l Ledger,
    id: &'l str,
    is_acknowledged: bool,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.ledger.note(self.id, What::Ended(self.is_acknowledged));
        self.ledger.running.fetch_sub(1, Ordering::Relaxed);
    }
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

impl Ledger {
    fn note(&self, id: &str, what: What) {
        self.steps.lock().unwrap().push((id.to_owned(), what, Instant::now()));
    }

    async fn perform(&self, task: Task, id: &str) -> Result<(), Error> {
        self.note(id, What::Started);
        let now_running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_running.fetch_max(now_running, Ordering::Relaxed);
        let mut running = Running { ledger: self, id, is_acknowledged: false };
        tokio::time::sleep(Duration::from_millis(task.takes)).await;
        match task.act {
            Act::Fail => return Err(Error::msg("failed")),
            Act::Panic => panic!("panicked"),
            Act::PanicInDrop => drop(PanicsInDrop),
            Act::Succeed | Act::Discard | Act::Garbage => {}
        }
        running.is_acknowledged = true;
        if task.act == Act::Discard { Err(Discard::new("no use").into()) } else { Ok(()) }
    }

    async fn perform_all<M>(&self, batch: Batch<Task, M>) -> Result<Processed, Error> {
        for entry in batch.iter().take(self.marks) {
            match entry.act {
                Act::Succeed => entry.done(),
                Act::Fail => entry.failed("failed"),
                Act::Discard => entry.failed(Discard::new("no use")),
                // The last mark counts.
                Act::PanicInDrop => {
                    entry.failed("failed");
                    entry.done();
                }
                Act::Panic | Act::Garbage => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        match self.ending {
            Ending::RestDone => Ok(batch.rest_done()),
            Ending::RestRetried => Ok(batch.rest_retried()),
            Ending::Fail => Err(Error::msg("failed")),
            Ending::Discard => Err(Discard::new("no use").into()),
            Ending::Panic => panic!("panicked"),
            Ending::Never => std::future::pending().await,
        }
    }
}

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger::default())
}

#[handler(kinesis, all_failed = "report")]
async fn kinesis_one(task: Task, record: KinesisRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, record.sequence_number()).await
}

#[handler(kinesis, concurrency = 3, all_failed = "report", malformed = "discard")]
async fn kinesis_three(task: Task, record: KinesisRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, record.sequence_number()).await
}

#[handler(kinesis, concurrency = 2, all_failed = "report")]
#[deadline(margin = "50ms")]
async fn kinesis_limited(task: Task, record: KinesisRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, record.sequence_number()).await
}

#[handler(dynamodb, all_failed = "report")]
async fn dynamodb_one(change: Change<Task>, record: DynamoDbRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(*change.new_image().unwrap(), record.sequence_number()).await
}

#[handler(dynamodb, concurrency = 3, all_failed = "report", malformed = "discard")]
async fn dynamodb_three(change: Change<Task>, record: DynamoDbRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(*change.new_image().unwrap(), record.sequence_number()).await
}

#[handler(dynamodb, concurrency = 2, all_failed = "report")]
#[deadline(margin = "50ms")]
async fn dynamodb_limited(change: Change<Task>, record: DynamoDbRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(*change.new_image().unwrap(), record.sequence_number()).await
}

#[handler(kafka, concurrency = 1, all_failed = "report")]
async fn kafka_one(task: Task, record: KafkaRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, record.id()).await
}

#[handler(kafka, all_failed = "report", malformed = "discard")]
async fn kafka_three(task: Task, record: KafkaRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, record.id()).await
}

#[handler(kafka, concurrency = 2, all_failed = "report")]
#[deadline(margin = "50ms")]
async fn kafka_limited(task: Task, record: KafkaRecord<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, record.id()).await
}

#[handler(
    kinesis(tumbling_window = "1m"), on_window_end = window_end(ledger), all_failed = "report"
)]
#[deadline(margin = "50ms")]
async fn kinesis_window(
    task: Task,
    record: KinesisRecord<'_>,
    mut state: WindowState<'_, Vec<String>>,
    ledger: &Ledger,
) -> Result<(), Error> {
    state.push(record.sequence_number().to_owned());
    ledger.perform(task, record.sequence_number()).await
}

#[handler(
    dynamodb(tumbling_window = "1m"), on_window_end = window_end(ledger), all_failed = "report"
)]
#[deadline(margin = "50ms")]
async fn dynamodb_window(
    mut state: WindowState<'_, Vec<String>>,
    change: Change<Task>,
    record: DynamoDbRecord<'_>,
    ledger: &Ledger,
) -> Result<(), Error> {
    state.push(record.sequence_number().to_owned());
    ledger.perform(*change.new_image().unwrap(), record.sequence_number()).await
}

async fn window_end(state: Vec<String>, window: Window<'_>, ledger: &Ledger) -> Result<(), Error> {
    assert!(window.is_final());
    ledger.window_ends.lock().unwrap().push(state);
    match ledger.window_end {
        Some(Act::Fail) => Err(Error::msg("failed")),
        Some(Act::Discard) => Err(Discard::new("no use").into()),
        Some(Act::Panic) => panic!("panicked"),
        _ => Ok(()),
    }
}

#[handler(sqs, all_failed = "report")]
#[deadline(margin = "50ms")]
async fn sqs_whole(batch: Batch<Task>, ledger: &Ledger) -> Result<Processed, Error> {
    ledger.perform_all(batch).await
}

#[handler(kinesis, all_failed = "report")]
#[deadline(margin = "50ms")]
async fn kinesis_whole(batch: Batch<Task, KinesisRecord<'_>>, ledger: &Ledger) -> Result<Processed, Error> {
    ledger.perform_all(batch).await
}

#[handler(kafka, all_failed = "report")]
#[deadline(margin = "50ms")]
async fn kafka_whole(batch: Batch<Task, KafkaRecord<'_>>, ledger: &Ledger) -> Result<Processed, Error> {
    ledger.perform_all(batch).await
}

lambkin::app! {
    init: [ledger],
    handlers: [
        kinesis_one, kinesis_three, kinesis_limited, dynamodb_one, dynamodb_three, dynamodb_limited, kafka_one,
        kafka_three, kafka_limited, kinesis_window, dynamodb_window, sqs_whole, kinesis_whole, kafka_whole,
    ],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Kinesis,
    DynamoDb,
    Kafka,
    Queue,
    FifoQueue,
}

impl Source {
    fn has_checkpoint(self) -> bool {
        matches!(self, Self::Kinesis | Self::DynamoDb)
    }

    fn handler(self, kind: &str) -> String {
        let source = match self {
            Self::Kinesis => "kinesis",
            Self::DynamoDb => "dynamodb",
            Self::Kafka => "kafka",
            Self::Queue | Self::FifoQueue => "sqs",
        };
        format!("{source}_{kind}")
    }
}

#[derive(Clone, Debug)]
struct Record {
    task: Task,
    key: u8,
    id: String,
    /// How the response names it.
    identifier: Value,
}

/// An event of these tasks and their keys, and its records in the event's order.
fn event(source: Source, tasks: &[(Task, u8)]) -> (Value, Vec<Record>) {
    let mut records = Vec::new();
    let mut add = |task, key, id: String, identifier| records.push(Record { task, key, id, identifier });
    let payload = |task: Task| match task.act {
        Act::Garbage => "{\"act\":".to_owned(),
        _ => json!(task).to_string(),
    };
    if source == Source::Kafka {
        let mut partitions: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for key in 0..3 {
            for (offset, (task, _)) in tasks.iter().enumerate().filter(|(_, (_, of))| *of == key) {
                let partition = format!("tasks-{key}");
                add(*task, key, format!("{partition}/{offset}"), json!({"partition": partition, "offset": offset}));
                let value = STANDARD.encode(payload(*task));
                let record = json!({"topic": "tasks", "partition": key, "offset": offset, "value": value});
                partitions.entry(partition).or_default().push(record);
            }
        }
        return (json!({"eventSource": "aws:kafka", "records": partitions}), records);
    }
    let wired = tasks.iter().enumerate().map(|(index, &(task, key))| {
        let id = format!("{:03}", index + 100);
        add(task, key, id.clone(), json!(id));
        match source {
            Source::Kinesis => json!({"eventSource": "aws:kinesis", "kinesis": {
                "sequenceNumber": id, "partitionKey": format!("key-{key}"), "data": STANDARD.encode(payload(task))
            }}),
            Source::DynamoDb => {
                let keys = json!({"id": {"S": format!("key-{key}")}});
                let image = json!({"act": {"S": task.act}, "takes": {"N": task.takes.to_string()}});
                let name = if task.act == Act::Garbage { "ODD" } else { "INSERT" };
                let stream = json!({"SequenceNumber": id, "Keys": keys, "NewImage": image});
                json!({"eventSource": "aws:dynamodb", "eventName": name, "dynamodb": stream})
            }
            _ => json!({
                "eventSource": "aws:sqs",
                "eventSourceARN": if source == Source::FifoQueue { "arn:tasks.fifo" } else { "arn:tasks" },
                "messageId": id,
                "body": payload(task),
                "attributes": {"MessageGroupId": format!("key-{key}")},
            }),
        }
    });
    (json!({"Records": wired.collect::<Vec<_>>()}), records)
}

fn tasks() -> impl Strategy<Value = Vec<(Task, u8)>> {
    let act = prop_oneof![
        10 => Just(Act::Succeed),
        2 => Just(Act::Fail),
        2 => Just(Act::Discard),
        1 => Just(Act::Panic),
        1 => Just(Act::PanicInDrop),
        1 => Just(Act::Garbage),
    ];
    let task = (act, 1_u64..40).prop_map(|(act, takes)| Task { act, takes });
    prop::collection::vec((task, 0_u8..3), 0..14)
}

fn streams() -> impl Strategy<Value = Source> {
    prop::sample::select(vec![Source::Kinesis, Source::DynamoDb, Source::Kafka])
}

/// Runs on a clock that jumps ahead when all wait, so that a case takes no time.
fn invoke(
    handler: &str,
    event: Value,
    ledger: Ledger,
    remaining: Option<Duration>,
) -> (Invocation, &'static Ledger, Instant) {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    tokio.block_on(async {
        let app = TestApp::<App>::new().with(ledger);
        let begun = Instant::now();
        let invocation = app.invoke(handler, event);
        let done = match remaining {
            Some(remaining) => invocation.remaining(remaining).await,
            None => invocation.await,
        };
        (done, app.get::<Ledger>().unwrap(), begun)
    })
}

/// Keeps the handlers' own panics out of the output, and those of the assertions in it.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let message = info.payload().downcast_ref::<&str>();
            if !matches!(message, Some(&"panicked" | &"in drop")) {
                report(info);
            }
        }));
    });
}

fn reported(done: &Invocation) -> Vec<Value> {
    let failures = done.response()["batchItemFailures"].as_array().unwrap().clone();
    failures.into_iter().map(|failure| failure["itemIdentifier"].clone()).collect()
}

/// What holds for every stream, concurrency and deadline. Returns the records that are not done, in their order.
fn check(
    source: Source,
    records: &[Record],
    done: &Invocation,
    ledger: &Ledger,
    is_in_turn: bool,
    discards_garbage: bool,
) -> Vec<usize> {
    let steps = ledger.steps.lock().unwrap();
    let place = |id: &str| records.iter().position(|record| record.id == id).unwrap();
    let steps: Vec<(usize, What)> = steps.iter().map(|(id, what, _)| (place(id), *what)).collect();
    let has_started: BTreeSet<usize> = steps.iter().filter(|s| s.1 == What::Started).map(|s| s.0).collect();
    let is_done: BTreeSet<usize> = steps
        .iter()
        .filter(|(_, what)| *what == What::Ended(true))
        .map(|(place, _)| *place)
        .chain((0..records.len()).filter(|place| discards_garbage && records[*place].task.act == Act::Garbage))
        .collect();

    assert_eq!(done.records().len(), records.len());
    for (place, report) in done.records().iter().enumerate() {
        assert_eq!(report.id, records[place].id);
        if report.outcome.is_acknowledged() {
            assert!(is_done.contains(&place), "{} is acknowledged, and is not done: {done:?}", report.id);
        }
    }
    let open: Vec<usize> =
        (0..records.len()).filter(|place| !done.records()[*place].outcome.is_acknowledged()).collect();
    // Behind the checkpoint all comes again, be it done.
    let checkpoint = open.first().filter(|_| source.has_checkpoint()).copied().unwrap_or(records.len());
    assert!(open.len() >= records.len() - checkpoint, "something behind {checkpoint} is acknowledged: {done:?}");
    for place in open.iter().filter(|place| **place <= checkpoint || !source.has_checkpoint()) {
        // What is discarded before it starts counts where it was looked at.
        let was_seen = has_started.contains(place);
        assert!(!was_seen || !is_done.contains(place), "{place} is done, and is not acknowledged: {done:?}");
    }
    let mut expected: Vec<Value> = open.iter().map(|place| records[*place].identifier.clone()).collect();
    if source.has_checkpoint() {
        expected.truncate(1);
    }
    assert_eq!(reported(done), expected);

    let lane = |place: usize| if is_in_turn { 0 } else { records[place].key };
    for (step, (place, what)) in steps.iter().enumerate() {
        if *what != What::Started {
            continue;
        }
        for (earlier, what) in &steps[..step] {
            assert_ne!(earlier, place, "{place} has started or ended before: {steps:?}");
            if lane(*earlier) == lane(*place) {
                assert!(earlier < place, "{place} is overtaken by {earlier}: {steps:?}");
                assert!(*what != What::Ended(false), "{place} is started past {earlier} in its lane: {steps:?}");
            }
            if source.has_checkpoint() && *what == What::Ended(false) {
                assert!(place < earlier, "{place} is started in vain, as {earlier} has failed: {steps:?}");
            }
        }
        for earlier in (0..*place).filter(|earlier| lane(*earlier) == lane(*place)) {
            let has_ended = steps[..step].contains(&(earlier, What::Ended(true)));
            let is_passed_over = discards_garbage && records[earlier].task.act == Act::Garbage;
            assert!(has_ended || is_passed_over, "{place} is started before {earlier} is done: {steps:?}");
        }
    }
    assert_eq!(ledger.running.load(Ordering::Relaxed), 0, "nothing runs on after the answer");
    open
}

/// Without a deadline, what is not done has failed, or follows what has.
fn check_that_all_had_their_turn(
    source: Source,
    records: &[Record],
    done: &Invocation,
    open: &[usize],
    is_in_turn: bool,
) {
    let has_failed = |place: usize| done.records()[place].outcome.failure().is_some();
    let Some(first) = open.first() else { return };
    assert!(has_failed(*first), "nothing keeps {first} from its turn: {done:?}");
    if !source.has_checkpoint() {
        for place in open {
            let is_behind =
                |before: &&usize| *before < place && (is_in_turn || records[**before].key == records[*place].key);
            let follows = open.iter().filter(is_behind).any(|before| has_failed(*before));
            assert!(has_failed(*place) != follows, "{place}: {done:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_at_a_time(source in streams(), tasks in tasks()) {
        quiet();
        let (event, records) = event(source, &tasks);
        let (done, ledger, _) = invoke(&source.handler("one"), event, Ledger::default(), None);
        let is_in_turn = source.has_checkpoint();
        let open = check(source, &records, &done, ledger, is_in_turn, false);
        check_that_all_had_their_turn(source, &records, &done, &open, is_in_turn);
        prop_assert!(ledger.most_running.load(Ordering::Relaxed) <= 1);
    }

    #[test]
    fn several_at_a_time(source in streams(), tasks in tasks()) {
        quiet();
        let (event, records) = event(source, &tasks);
        let (done, ledger, _) = invoke(&source.handler("three"), event, Ledger::default(), None);
        let open = check(source, &records, &done, ledger, false, true);
        check_that_all_had_their_turn(source, &records, &done, &open, false);
        // Every key's first record starts at once; garbage takes no time.
        let decodable = records.iter().filter(|record| record.task.act != Act::Garbage);
        let keys: BTreeSet<u8> = decodable.map(|record| record.key).collect();
        prop_assert_eq!(ledger.most_running.load(Ordering::Relaxed), keys.len());
    }

    #[test]
    fn until_the_deadline(source in streams(), tasks in tasks(), remaining in 0_u64..250) {
        quiet();
        let remaining = Duration::from_millis(remaining);
        let (event, records) = event(source, &tasks);
        let (done, ledger, begun) = invoke(&source.handler("limited"), event, Ledger::default(), Some(remaining));
        check(source, &records, &done, ledger, false, false);
        prop_assert!(ledger.most_running.load(Ordering::Relaxed) <= 2);
        let line = begun + remaining.saturating_sub(Duration::from_millis(50));
        let steps = ledger.steps.lock().unwrap();
        for (id, what, at) in steps.iter() {
            prop_assert!(*what != What::Started || *at < line, "{} was started past the line", id);
            prop_assert!(*at <= line.max(begun), "{} ran on past the line", id);
        }
        for record in done.records() {
            let was_cut = record.outcome.failure().is_some_and(|f| f.kind() == FailureKind::DeadlineExceeded);
            let has_started = steps.iter().any(|(id, ..)| *id == record.id);
            prop_assert!(!was_cut || has_started, "{} was cut without having been started", record.id);
        }
    }

    #[test]
    fn windows(
        source in prop::sample::select(vec![Source::Kinesis, Source::DynamoDb]),
        tasks in tasks(),
        state in prop::sample::select(vec![None, Some(Value::Null), Some(json!({})), Some(json!([])), Some(json!(["a", "b"]))]),
        is_final: bool,
        end in prop::sample::select(vec![Act::Succeed, Act::Succeed, Act::Fail, Act::Discard, Act::Panic]),
        remaining in prop::option::of(0_u64..400),
    ) {
        quiet();
        let (mut event, records) = event(source, &tasks);
        event["window"] = json!({"start": "2025-01-01T00:00:00Z", "end": "2025-01-01T00:01:00Z"});
        event["isFinalInvokeForWindow"] = json!(is_final);
        if let Some(state) = &state {
            event["state"] = state.clone();
        }
        let ledger = Ledger { window_end: Some(end), ..Ledger::default() };
        let remaining = remaining.map(Duration::from_millis);
        let (done, ledger, _) = invoke(&source.handler("window"), event, ledger, remaining);

        // Discarded records are acknowledged, and leave no trace either.
        let before = state.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
        let steps = ledger.steps.lock().unwrap().clone();
        let succeeded = records.iter().filter(|record| {
            record.task.act == Act::Succeed && steps.iter().any(|(id, what, _)| *id == record.id && *what == What::Ended(true))
        });
        let folded: Vec<Value> = before.iter().cloned().chain(succeeded.map(|record| json!(record.id))).collect();

        let is_over = done.records().iter().all(|record| record.outcome.is_acknowledged());
        let ends = ledger.window_ends.lock().unwrap().clone();
        prop_assert_eq!(done.records().len(), records.len());
        let has_time = remaining.is_none_or(|remaining| remaining > Duration::from_millis(50));
        match is_final && is_over {
            false => prop_assert!(ends.is_empty()),
            // It starts before the line like any other of the user's functions.
            true if ends.is_empty() => prop_assert!(remaining.is_some()),
            true => prop_assert_eq!(json!(ends), json!([folded])),
        }
        // One that gives up for good is logged, and the window ends.
        let end_failed = is_final && is_over && (ends.is_empty() || !matches!(end, Act::Succeed | Act::Discard));
        prop_assert!(!end_failed || done.error().is_some(), "the window's end failed, and the invocation did not");
        if !end_failed {
            prop_assert!(has_time || done.acknowledged().is_empty());
            check(source, &records, &done, ledger, true, false);
            // As it came where nothing was folded.
            let as_it_came = state.filter(|state| !state.is_null()).unwrap_or_else(|| json!({}));
            let expected = if folded.len() > before.len() { json!(folded) } else { as_it_came };
            prop_assert_eq!(&done.response()["state"], &expected);
        }
        prop_assert!(ledger.most_running.load(Ordering::Relaxed) <= 1);
    }

    #[test]
    fn batches_as_a_whole(
        source in prop::sample::select(vec![Source::Kinesis, Source::Kafka, Source::Queue, Source::FifoQueue]),
        tasks in tasks(),
        marks in 0_usize..16,
        ending in prop::sample::select(vec![
            Ending::RestDone, Ending::RestRetried, Ending::Fail, Ending::Discard, Ending::Panic, Ending::Never,
        ]),
        remaining in prop::sample::select(vec![20_u64, 1000]),
    ) {
        quiet();
        let (event, records) = event(source, &tasks);
        let ledger = Ledger { marks, ending, ..Ledger::default() };
        let (done, _, _) = invoke(&source.handler("whole"), event, ledger, Some(Duration::from_millis(remaining)));

        let is_started = remaining > 50;
        // Behind a checkpoint all comes again; else what follows in the lane.
        let lane = |record: &Record| (!source.has_checkpoint()).then_some(record.key);
        let (mut handed_over, mut poisoned, mut ended) = (0, BTreeSet::new(), BTreeSet::new());
        let mut open = Vec::new();
        for record in &records {
            let is_garbage = record.task.act == Act::Garbage;
            let overtakes = source != Source::Queue && poisoned.contains(&lane(record));
            if is_garbage {
                poisoned.insert(lane(record));
            }
            let is_handed_over = !is_garbage && !overtakes;
            let is_marked = handed_over < marks;
            handed_over += usize::from(is_handed_over);
            let is_declared = match record.task.act {
                _ if !is_handed_over => false,
                Act::Succeed | Act::PanicInDrop | Act::Discard if is_marked => true,
                Act::Fail if is_marked => false,
                _ => ending == Ending::RestDone,
            };
            let is_behind = source != Source::Queue && ended.contains(&lane(record));
            if !(is_started && is_declared) || is_behind {
                ended.insert(lane(record));
                open.push(record);
            }
        }
        let ids: Vec<&str> = open.iter().map(|record| record.id.as_str()).collect();
        prop_assert_eq!(done.failed(), ids);
        let mut expected: Vec<Value> = open.iter().map(|record| record.identifier.clone()).collect();
        if source.has_checkpoint() {
            expected.truncate(1);
        }
        prop_assert_eq!(reported(&done), expected);
        for id in done.discarded() {
            let record = records.iter().find(|record| record.id == id).unwrap();
            prop_assert_eq!(record.task.act, Act::Discard, "a batch's own failure is no record's");
        }
    }
}
