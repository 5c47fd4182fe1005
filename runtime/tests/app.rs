//! The app: what is made, when, and what a test puts in its place.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicU32, Ordering};

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::sqs::{Batch, Message};
use serde_json::json;
use tokio::sync::Barrier;

struct Meeting(Barrier);
struct Left;
struct Right;
struct Both;
struct Unreached;
struct Failing;
struct Panicking;
struct Count(AtomicU32);

trait Greeter: Send + Sync {
    fn greet(&self, name: &str) -> String;
}

struct Polite;

impl Greeter for Polite {
    fn greet(&self, name: &str) -> String {
        format!("good day, {name}")
    }
}

struct Rude;

impl Greeter for Rude {
    fn greet(&self, name: &str) -> String {
        format!("you again, {name}")
    }
}

#[init]
async fn meeting() -> Result<Meeting, Error> {
    Ok(Meeting(Barrier::new(2)))
}

/// Neither gets past the barrier without the other.
#[init]
async fn left(meeting: &Meeting) -> Result<Left, Error> {
    meeting.0.wait().await;
    Ok(Left)
}

#[init]
async fn right(meeting: &Meeting) -> Result<Right, Error> {
    meeting.0.wait().await;
    Ok(Right)
}

#[init]
async fn both(_left: &Left, _right: &Right, count: &Count) -> Result<Both, Error> {
    count.0.fetch_add(1, Ordering::Relaxed);
    Ok(Both)
}

#[init]
async fn count() -> Result<Count, Error> {
    Ok(Count(AtomicU32::new(0)))
}

#[init]
async fn unreached() -> Result<Unreached, Error> {
    panic!("nobody asked for this");
}

#[init]
async fn failing(_count: &Count) -> Result<Failing, std::num::ParseIntError> {
    "x".parse::<u8>().map(|_| Failing)
}

#[init]
async fn panicking() -> Result<Panicking, Error> {
    panic!("no luck");
}

#[init(provides = dyn Greeter)]
async fn greeter(_unreached: &Unreached) -> Result<Polite, Error> {
    Ok(Polite)
}

#[handler(invoke)]
async fn diamond(left: &Left, both: &Both, right: &Right, count: &Count) -> Result<u32, Error> {
    let _ = (left, both, right);
    Ok(count.0.load(Ordering::Relaxed))
}

#[handler(invoke)]
async fn fails(_failing: &Failing) {}

#[handler(invoke)]
async fn panics(_panicking: &Panicking) {}

#[handler(invoke)]
async fn greet(name: String, greeter: &dyn Greeter) -> String {
    greeter.greet(&name)
}

#[handler(invoke)]
async fn who(cx: Context) -> serde_json::Value {
    json!([cx.request_id(), cx.tenant_id(), cx.trace_id(), cx.invoked_function_arn(), cx.remaining().is_some()])
}

#[handler(sqs)]
async fn count_records(message: SqsMessage<'_>, count: &Count) -> Result<(), Error> {
    let _ = message;
    count.0.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

static SAID_GOODBYE: AtomicU32 = AtomicU32::new(0);

#[shutdown]
async fn goodbye(count: &Count) {
    SAID_GOODBYE.store(count.0.load(Ordering::Relaxed), Ordering::Relaxed);
}

#[shutdown]
async fn never(_unreached: &Unreached) {
    panic!("what was not made needs no goodbye");
}

lambkin::app! {
    init: [meeting, left, right, both, count, unreached, failing, panicking, greeter],
    handlers: [diamond, fails, panics, greet, who, count_records],
    shutdown: [never, goodbye],
}

#[tokio::test]
async fn independent_values_are_made_at_the_same_time_and_each_once() {
    let app = TestApp::<App>::new();
    assert_eq!(app.invoke("diamond", json!(null)).await.response(), 1);
    assert_eq!(app.invoke("diamond", json!(null)).await.response(), 1);
    assert_eq!(app.reached("diamond").unwrap(), ["meeting", "left", "right", "count", "both"]);
    assert!(app.get::<Unreached>().is_none());
}

#[tokio::test]
async fn first_invocations_at_the_same_time_share_what_is_made() {
    let app = TestApp::<App>::new();
    let (a, b) = tokio::join!(app.invoke("diamond", json!(null)), app.invoke("diamond", json!(null)));
    assert_eq!((a.response(), b.response()), (json!(1), json!(1)));
}

#[tokio::test]
async fn a_failure_names_its_function() {
    let app = TestApp::<App>::new();
    let failed = app.invoke("fails", json!(null)).await;
    let error = failed.error().unwrap();
    assert_eq!(error.error_type, "core::num::error::ParseIntError");
    assert!(error.error_message.starts_with("`#[init]` function `failing` failed: invalid digit"), "{error}");
    let panicked = app.invoke("panics", json!(null)).await;
    let error = panicked.error().unwrap();
    assert_eq!(error.error_type, "Panic");
    assert!(error.error_message.contains("`panicking`") && error.error_message.ends_with("no luck"), "{error}");
    let unknown = app.invoke("refund", json!(null)).await;
    assert!(unknown.error().unwrap().error_message.contains("`diamond`, `fails`"));
}

#[tokio::test]
async fn a_replaced_value_keeps_its_function_and_what_only_that_reaches_from_running() {
    let app = TestApp::<App>::new().with_boxed::<dyn Greeter>(Box::new(Rude));
    assert_eq!(app.invoke("greet", json!("Ann")).await.response(), "you again, Ann");
    assert!(app.get::<Unreached>().is_none());
    let real = TestApp::<App>::new().with(Unreached);
    assert_eq!(real.invoke("greet", json!("Ann")).await.response(), "good day, Ann");
}

#[tokio::test]
async fn the_invocation_is_what_the_test_says() {
    let app = TestApp::<App>::new();
    let invocation = app.invoke("who", json!(null)).request_id("r").tenant_id("t").trace_id("Root=1");
    let invocation = invocation.invoked_function_arn("arn").remaining(std::time::Duration::from_secs(3));
    assert_eq!(invocation.await.response(), json!(["r", "t", "Root=1", "arn", true]));
    assert_eq!(app.invoke("who", json!(null)).await.response(), json!(["", null, null, "", false]));
}

#[tokio::test]
async fn goodbye_is_said_to_what_was_made() {
    let app = TestApp::<App>::new();
    app.invoke("count_records", Batch::of([1, 2, 3])).await.response();
    app.shutdown().await;
    assert_eq!(SAID_GOODBYE.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_record_without_an_identifier_fails_the_invocation() {
    let app = TestApp::<App>::new();
    let batch = Batch::of([1]).message(Message::json(&2).without_id());
    let done = app.invoke("count_records", batch).await;
    assert!(done.error().unwrap().error_message.contains("`Records[1].messageId` is missing"));
    assert_eq!(app.get::<Count>().unwrap().0.load(Ordering::Relaxed), 0, "nothing ran before it was found");
}
