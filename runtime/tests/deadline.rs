//! `#[deadline]` and the hooks around a failure, in-process and on a clock that tests hold.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Mutex;
use std::time::Duration;

use lambkin::prelude::*;
use lambkin::testing::sqs::{Batch, Message};
use lambkin::testing::{IntoEvent, Invocation, TestApp};
use lambkin::{Failure, FailureKind};
use serde_json::json;

/// What the handlers and hooks did.
#[derive(Default)]
struct Journal(Mutex<Vec<String>>);

impl Journal {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }
}

#[init]
async fn journal() -> Result<Journal, Error> {
    Ok(Journal::default())
}

#[handler(invoke)]
#[deadline(margin = "1s")]
async fn slow(ms: u64, journal: &Journal) -> Result<&'static str, Error> {
    journal.note("started");
    tokio::time::sleep(Duration::from_millis(ms)).await;
    Ok("done")
}

#[handler(invoke)]
#[deadline(margin = "1s", on_exceeded = partial(journal))]
async fn partly(ms: u64, journal: &Journal) -> Result<String, Error> {
    journal.note("started");
    tokio::time::sleep(Duration::from_millis(ms)).await;
    Ok("all".to_owned())
}

async fn partial(exceeded: DeadlineExceeded, journal: &Journal) -> Result<String, Error> {
    journal.note("partial");
    if exceeded.remaining() < Duration::from_secs(1) {
        // Longer than the half of the margin that it may take.
        tokio::time::sleep(Duration::from_millis(501)).await;
    }
    Ok(format!("part, {} ms before the limit", exceeded.remaining().as_millis()))
}

#[handler(sqs(max_receive_count = 3), on_last_attempt = parked(journal), all_failed = "report")]
async fn doomed(body: RawBody<'_>, journal: &Journal) -> Result<(), Error> {
    let _ = journal;
    match body.as_str() {
        "panic" => panic!("no {}", "way"),
        "discard" => Err(Discard::new("no use").into()),
        "ok" => Ok(()),
        _ => Err(Error::msg("failed")),
    }
}

async fn parked(message: SqsMessage<'_>, failure: Failure, journal: &Journal) {
    journal.note(format!("{}: {:?}", message.message_id(), failure.kind()));
    if message.body() == "hook" {
        panic!("the hook itself fails");
    }
}

lambkin::app! {
    init: [journal],
    handlers: [slow, partly, doomed],
}

async fn invoke(handler: &str, event: impl IntoEvent, remaining: Option<u64>) -> (Invocation, Vec<String>) {
    let app = TestApp::<App>::new();
    let invocation = app.invoke(handler, event);
    let done = match remaining {
        Some(ms) => invocation.remaining(Duration::from_millis(ms)).await,
        None => invocation.await,
    };
    let journal = app.get::<Journal>().unwrap().0.lock().unwrap().clone();
    (done, journal)
}

#[tokio::test(start_paused = true)]
async fn a_handler_is_stopped_at_the_line() {
    let (done, _) = invoke("slow", json!(500), Some(2000)).await;
    assert_eq!(done.response(), "done");
    let (done, journal) = invoke("slow", json!(1500), Some(2000)).await;
    assert_eq!(done.error().unwrap().error_type, "DeadlineExceeded");
    assert_eq!(journal, ["started"]);
}

#[tokio::test(start_paused = true)]
async fn past_the_line_nothing_starts() {
    // Zero left, less than the margin, and exactly the margin.
    for remaining in [0, 500, 1000] {
        let (done, journal) = invoke("slow", json!(0), Some(remaining)).await;
        assert_eq!(done.error().unwrap().error_type, "DeadlineExceeded", "{remaining} ms left");
        assert!(journal.is_empty(), "started with {remaining} ms left");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_deadline_is_none() {
    let (done, _) = invoke("slow", json!(3_600_000), None).await;
    assert_eq!(done.response(), "done");
}

#[tokio::test(start_paused = true)]
async fn on_exceeded_answers_instead() {
    let (done, journal) = invoke("partly", json!(1500), Some(2000)).await;
    assert_eq!(done.response(), "part, 1000 ms before the limit");
    assert_eq!(journal, ["started", "partial"]);
    let (done, _) = invoke("partly", json!(500), Some(2000)).await;
    assert_eq!(done.response(), "all");
}

#[tokio::test(start_paused = true)]
async fn on_exceeded_may_take_half_of_the_margin() {
    // Only 999 ms are left, so the fallback above takes more than it may.
    let (done, journal) = invoke("partly", json!(0), Some(999)).await;
    assert_eq!(done.error().unwrap().error_type, "DeadlineExceeded");
    assert_eq!(journal, ["partial"]);
}

#[tokio::test]
async fn the_last_attempt_is_shown_to_the_hook() {
    let message = |body: &str, count| Message::text(body).receive_count(count).id(&format!("{body}-{count}"));
    let batch = Batch::new()
        .message(message("fail", 2))
        .message(message("fail", 3))
        .message(message("fail", 4))
        .message(message("panic", 3))
        .message(message("discard", 3))
        .message(message("ok", 3))
        .message(message("hook", 3));
    let (done, journal) = invoke("doomed", batch, None).await;
    assert_eq!(journal, ["fail-3: Error", "fail-4: Error", "panic-3: Panic", "hook-3: Error"]);
    // Seen is not acknowledged: what failed goes to the dead-letter queue.
    assert_eq!(done.failed(), ["fail-2", "fail-3", "fail-4", "panic-3", "hook-3"]);
    assert_eq!(done.discarded(), ["discard-3"]);
    assert_eq!(done.outcome("panic-3").failure().unwrap().kind(), FailureKind::Panic);
}
