//! Properties of batches: whatever the mix of outcomes, order, concurrency and deadline, a record is
//! acknowledged if and only if it was completed or discarded, and nothing in a message group is
//! acknowledged past a failure.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once};
use std::time::Duration;

use lambkin::FailureKind;
use lambkin::prelude::*;
use lambkin::testing::sqs::{Batch, Message};
use lambkin::testing::{Invocation, TestApp};
use proptest::prelude::*;
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
    /// The body does not decode.
    Garbage,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Task {
    act: Act,
    /// How long it takes, in milliseconds; at least one, so that others get their turn meanwhile.
    takes: u64,
}

#[derive(Clone, Debug)]
struct Record {
    task: Task,
    group: u8,
}

/// What really happened, seen from inside of the handler.
#[derive(Default)]
struct Ledger {
    started: Mutex<Vec<(String, Instant)>>,
    completed: Mutex<BTreeSet<String>>,
    running: AtomicUsize,
    most_running: AtomicUsize,
}

struct Running<'l>(&'l Ledger);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

struct PanicsInDrop;

impl Drop for PanicsInDrop {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

impl Ledger {
    async fn perform(&self, task: Task, message: SqsMessage<'_>) -> Result<(), Error> {
        let id = message.message_id().to_owned();
        self.started.lock().unwrap().push((id.clone(), Instant::now()));
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_running.fetch_max(running, Ordering::Relaxed);
        let _running = Running(self);
        tokio::time::sleep(Duration::from_millis(task.takes)).await;
        match task.act {
            Act::Fail => return Err(Error::msg("failed")),
            Act::Discard => return Err(Discard::new("no use").into()),
            Act::Panic => panic!("panicked"),
            Act::PanicInDrop => drop(PanicsInDrop),
            Act::Succeed | Act::Garbage => {}
        }
        self.completed.lock().unwrap().insert(id);
        Ok(())
    }
}

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger::default())
}

#[handler(sqs, all_failed = "report")]
async fn one(task: Task, message: SqsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, message).await
}

#[handler(sqs, concurrency = 3, all_failed = "report", malformed = "discard")]
async fn three(task: Task, message: SqsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, message).await
}

#[handler(sqs, concurrency = 4, all_failed = "report")]
#[deadline(margin = "50ms")]
async fn limited(task: Task, message: SqsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, message).await
}

#[handler(sqs, concurrency = 2, partial = false)]
async fn whole(task: Task, message: SqsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, message).await
}

#[handler(sqs, concurrency = 2)]
async fn strict(task: Task, message: SqsMessage<'_>, ledger: &Ledger) -> Result<(), Error> {
    ledger.perform(task, message).await
}

lambkin::app! {
    init: [ledger],
    handlers: [one, three, limited, whole, strict],
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let act = prop_oneof![
        6 => Just(Act::Succeed),
        2 => Just(Act::Fail),
        1 => Just(Act::Discard),
        1 => Just(Act::Panic),
        1 => Just(Act::PanicInDrop),
        1 => Just(Act::Garbage),
    ];
    let record = (act, 1_u64..40, 0_u8..3).prop_map(|(act, takes, group)| Record { task: Task { act, takes }, group });
    prop::collection::vec(record, 0..14)
}

fn batch(records: &[Record], is_fifo: bool) -> Batch {
    let queue = if is_fifo { "tasks.fifo" } else { "tasks" };
    records.iter().fold(Batch::new().queue(queue), |batch, record| {
        let message = match record.task.act {
            Act::Garbage => Message::text("{\"act\":"),
            _ => Message::json(&record.task),
        };
        // Standard queues carry groups too, and keep no order for them.
        batch.message(message.group(&format!("group-{}", record.group)))
    })
}

fn id(index: usize) -> String {
    format!("message-{index}")
}

/// Runs on a clock that jumps ahead when all wait, so that a case takes no time.
fn invoke(
    handler: &str,
    records: &[Record],
    is_fifo: bool,
    remaining: Option<Duration>,
) -> (Invocation, &'static Ledger, Instant) {
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    tokio.block_on(async {
        let app = TestApp::<App>::new();
        let begun = Instant::now();
        let invocation = app.invoke(handler, batch(records, is_fifo));
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

/// What holds for every handler, queue and deadline.
fn check(records: &[Record], done: &Invocation, ledger: &Ledger, is_fifo: bool, discards_garbage: bool) {
    let acknowledged: BTreeSet<String> = done.acknowledged().into_iter().map(str::to_owned).collect();
    let completed = ledger.completed.lock().unwrap();
    let started: Vec<String> = ledger.started.lock().unwrap().iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(done.records().len(), records.len());

    for (index, record) in records.iter().enumerate() {
        let id = id(index);
        let discarded = done.discarded().contains(&id.as_str());
        assert_eq!(acknowledged.contains(&id), completed.contains(&id) || discarded, "{id}: {done:?}");
        if discarded {
            let may = record.task.act == Act::Discard || (discards_garbage && record.task.act == Act::Garbage);
            assert!(may, "{id} was discarded");
        }
        assert!(started.iter().filter(|started| **started == id).count() <= 1, "{id} ran twice");
    }

    let response = done.response();
    let reported: Vec<&str> = response["batchItemFailures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| failure["itemIdentifier"].as_str().unwrap())
        .collect();
    assert_eq!(reported, done.failed(), "the response names exactly what is not acknowledged");

    if is_fifo {
        let mut groups: BTreeMap<u8, Vec<String>> = BTreeMap::new();
        for (index, record) in records.iter().enumerate() {
            groups.entry(record.group).or_default().push(id(index));
        }
        for ids in groups.values() {
            let first_open = ids.iter().position(|id| !acknowledged.contains(id)).unwrap_or(ids.len());
            for later in ids.iter().skip(first_open + 1) {
                assert!(!acknowledged.contains(later), "{later} was acknowledged past a failure");
                assert!(!started.contains(later), "{later} was started past a failure");
            }
            let order: Vec<&String> = started.iter().filter(|id| ids.contains(id)).collect();
            let decodable: Vec<&String> = ids.iter().filter(|id| started.contains(id)).collect();
            assert_eq!(order, decodable, "a group runs in its order");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_at_a_time(records in records(), is_fifo: bool) {
        quiet();
        let (done, ledger, _) = invoke("one", &records, is_fifo, None);
        check(&records, &done, ledger, is_fifo, false);
        prop_assert!(ledger.most_running.load(Ordering::Relaxed) <= 1);
    }

    #[test]
    fn several_at_a_time(records in records(), is_fifo: bool) {
        quiet();
        let (done, ledger, _) = invoke("three", &records, is_fifo, None);
        check(&records, &done, ledger, is_fifo, true);
        prop_assert!(ledger.most_running.load(Ordering::Relaxed) <= 3);
        if !is_fifo {
            // On a standard queue no failure keeps another record from its turn.
            let decodable = records.iter().filter(|record| record.task.act != Act::Garbage).count();
            prop_assert_eq!(ledger.started.lock().unwrap().len(), decodable);
            prop_assert_eq!(ledger.most_running.load(Ordering::Relaxed).min(3), decodable.min(3));
        }
    }

    #[test]
    fn until_the_deadline(records in records(), is_fifo: bool, remaining in 0_u64..200) {
        quiet();
        let remaining = Duration::from_millis(remaining);
        let (done, ledger, begun) = invoke("limited", &records, is_fifo, Some(remaining));
        check(&records, &done, ledger, is_fifo, false);
        let line = begun + remaining.saturating_sub(Duration::from_millis(50));
        let started = ledger.started.lock().unwrap();
        for (id, at) in started.iter() {
            prop_assert!(*at < line, "{} was started past the line", id);
        }
        for record in done.records() {
            let was_cut = record.outcome.failure().is_some_and(|f| f.kind() == FailureKind::DeadlineExceeded);
            let has_started = started.iter().any(|(id, _)| *id == record.id);
            prop_assert!(!was_cut || has_started, "{} was cut without having been started", record.id);
        }
        prop_assert_eq!(ledger.running.load(Ordering::Relaxed), 0, "nothing runs on after the answer");
    }

    #[test]
    fn any_failure_fails_the_whole(records in records(), is_fifo: bool) {
        quiet();
        let (done, _, _) = invoke("whole", &records, is_fifo, None);
        prop_assert_eq!(done.error().is_some(), !done.failed().is_empty());
    }

    #[test]
    fn an_invocation_without_any_success_fails(records in records(), is_fifo: bool) {
        quiet();
        let (done, ledger, _) = invoke("strict", &records, is_fifo, None);
        let none = !records.is_empty() && done.acknowledged().is_empty();
        prop_assert_eq!(done.error().is_some(), none);
        if !none {
            check(&records, &done, ledger, is_fifo, false);
        }
    }
}
