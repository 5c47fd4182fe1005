//! A batch as a whole, and windows: what the properties in `streams.rs` and `mutations.rs` do not reach.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use lambkin::FailureKind;
use lambkin::prelude::*;
use lambkin::testing::{Invocation, TestApp, kinesis, sqs};
use serde::{Deserializer, Serializer};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// The messages of all log lines.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// A payload whose decoder panics at 13.
struct Unlucky(u64);

impl<'de> Deserialize<'de> for Unlucky {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        assert_ne!(number, 13, "thirteen");
        Ok(Self(number))
    }
}

#[derive(Default)]
struct Calls(AtomicUsize);

#[init]
async fn calls() -> Result<Calls, Error> {
    Ok(Calls::default())
}

#[handler(sqs)]
async fn sum(batch: Batch<Unlucky>, calls: &Calls) -> Result<Processed, Error> {
    let sum: u64 = batch.iter().map(|number| number.0).sum();
    calls.0.store(usize::try_from(sum).unwrap(), Ordering::Relaxed);
    Ok(batch.rest_done())
}

#[handler(sqs)]
async fn commit(batch: Batch<u64>) -> Result<Processed, Error> {
    for entry in &batch {
        entry.done();
    }
    Err(Error::msg("the commit failed"))
}

#[handler(sqs)]
async fn only_message(message: SqsMessage<'_>, calls: &Calls) {
    calls.0.fetch_add(message.body().len() + 1, Ordering::Relaxed);
}

#[handler(cloudwatch_logs)]
async fn only_event(event: LogEvent<'_>, calls: &Calls) {
    calls.0.fetch_add(event.message().len() + 1, Ordering::Relaxed);
}

/// A state that JSON has no form for, once there is something in it.
#[derive(Clone, Default, Deserialize)]
struct Unwritable(BTreeMap<String, u64>);

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no form"))
    }
}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish(calls))]
async fn fold(key: String, mut state: WindowState<'_, Unwritable>, calls: &Calls) -> Result<(), Error> {
    let _ = calls;
    state.0.insert(key, 1);
    Ok(())
}

async fn publish(_: Unwritable, _: Window<'_>, calls: &Calls) {
    calls.0.fetch_add(1, Ordering::Relaxed);
}

lambkin::app! { init: [calls], handlers: [sum, commit, only_message, only_event, fold] }

/// The invocation, what the handler left in `Calls`, and the log.
async fn invoke(handler: &str, event: impl lambkin::testing::IntoEvent) -> (Invocation, usize, Vec<String>) {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let app = TestApp::<App>::new();
    let done = app.invoke(handler, event).await;
    let calls = app.get::<Calls>().map_or(0, |calls| calls.0.load(Ordering::Relaxed));
    let lines = log.0.lock().unwrap().clone();
    (done, calls, lines)
}

#[tokio::test]
async fn a_decoder_that_panics_fails_its_record_alone() {
    let (done, sum, _) = invoke("sum", sqs::Batch::of([1, 13, 2])).await;
    assert_eq!(done.failed(), ["message-1"]);
    assert_eq!(done.outcome("message-1").failure().unwrap().kind(), FailureKind::Panic);
    assert_eq!(sum, 3);
}

#[tokio::test]
async fn an_error_is_logged_although_every_record_is_marked() {
    let (done, _, log) = invoke("commit", sqs::Batch::of([1, 2])).await;
    assert_eq!(done.response(), json!({"batchItemFailures": []}), "a mark stands");
    assert_eq!(log, ["the batch failed: the commit failed"]);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_does_not_pass_for_an_empty_one() {
    // Half of a pair, which no text can hold.
    let event = r#"{"Records":[{"messageId":"a","body":"\ud800"},{"messageId":"b"},{"messageId":"c","body":""}]}"#;
    let (done, calls, _) = invoke("only_message", event).await;
    assert_eq!((done.failed(), calls), (vec!["a"], 2));

    let packed = |text: &str| {
        let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
        packing.write_all(text.as_bytes()).unwrap();
        json!({"awslogs": {"data": STANDARD.encode(packing.finish().unwrap())}})
    };
    let event = r#"{"logEvents":[{"id":"a","message":"\ud800"},{"id":"b","message":"text"}]}"#;
    let (done, calls, _) = invoke("only_event", packed(event)).await;
    assert_eq!((done.failed(), calls), (vec!["a"], 5));
}

#[tokio::test]
async fn a_state_that_cannot_be_sent_fails_before_the_hook_has_its_effect() {
    let last = || kinesis::Batch::new().window("2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z").last();
    let (done, published, _) = invoke("fold", last().record(kinesis::Record::json(&"a"))).await;
    assert_eq!((done.error().unwrap().error_type.as_ref(), published), ("InvalidState", 0));
    // Nothing was folded, so what came goes back.
    let (done, published, _) = invoke("fold", last()).await;
    assert_eq!((done.response()["state"].clone(), published), (json!({}), 1));
}
