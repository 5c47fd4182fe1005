//! `#[deadline]`, by the deadline that comes with each event.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::time::Duration;

use lambkin_e2e::binaries::release;
use lambkin_e2e::{Event, Lambda, Setup, sqs, structured, within};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The probe's margin is half a second; two seconds are enough to get to the second record.
const LEFT: Duration = Duration::from_millis(2500);

async fn probe(handler: &str) -> Lambda {
    Setup::new(&release().probe).handler(handler).start().await
}

fn echo() -> Value {
    json!({ "act": "echo", "value": "done" })
}

fn failed(ids: &[&str]) -> Value {
    let failures: Vec<Value> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
    json!({ "batchItemFailures": failures })
}

#[tokio::test]
async fn what_is_done_stays_done_and_the_rest_is_reported() {
    let mut lambda = probe("act_on_each").await;
    let batch = sqs([("m1", echo()), ("m2", json!({ "act": "hang" })), ("m3", json!({ "act": "panic" }))]);
    let answer = lambda.serve(Event::new(&batch).with_left(LEFT)).await;
    assert_eq!(answer.response(), failed(&["m2", "m3"]));
    // The process is as good as before.
    assert_eq!(lambda.invoke(sqs([("m4", echo())])).await.response(), failed(&[]));

    let lines = lambda.process.kill().await;
    let about = |id: &str| -> Vec<Value> {
        lines.iter().map(|line| structured(line)).filter(|line| line["record"] == id).collect()
    };
    assert_eq!(about("m2").len(), 1, "{lines:#?}");
    assert_eq!(about("m2")[0]["error_type"], "DeadlineExceeded");
    assert!(about("m3").is_empty(), "a record was started past the line: {lines:#?}");
}

#[tokio::test]
async fn a_batch_that_comes_too_late_is_not_started() {
    let mut lambda = probe("act_on_each").await;
    let batch = sqs([("m1", json!({ "act": "panic" })), ("m2", echo())]);
    let posted = lambda.serve(Event::new(&batch).with_left(Duration::ZERO)).await;
    // Nothing succeeded, which shows as an error.
    assert_eq!(posted.error()["errorType"], "BatchFailed");
    let lines = lambda.process.kill().await;
    assert!(!lines.iter().any(|line| line.contains("on fire")), "a record was started: {lines:#?}");
}

#[tokio::test]
async fn an_invocation_past_its_line_is_stopped() {
    let mut lambda = probe("act_in_time").await;
    let event = Event::new(&json!({ "act": "hang" })).with_left(Duration::from_millis(700));
    let posted = lambda.serve(event).await;
    let error = posted.error();
    assert_eq!(error["errorType"], "DeadlineExceeded", "{error}");
    assert!(error["errorMessage"].as_str().unwrap().contains("`act_in_time`"), "{error}");
    assert_eq!(posted.header("lambda-runtime-function-error-type"), "DeadlineExceeded");
    assert_eq!(lambda.invoke(echo()).await.response(), "done");
}

#[tokio::test]
async fn an_invocation_that_comes_too_late_is_not_started() {
    let mut lambda = probe("act_in_time").await;
    // Less is left than the margin; had it been started, it would have panicked.
    for left in [Duration::ZERO, Duration::from_millis(400)] {
        let event = Event::new(&json!({ "act": "panic" })).with_left(left);
        assert_eq!(lambda.serve(event).await.error()["errorType"], "DeadlineExceeded");
    }
    // What was not started is not stuck.
    lambda.invoke(echo()).await.response();
    let lines = lambda.process.kill().await;
    assert!(!lines.iter().any(|line| line.contains("did not stop")), "{lines:#?}");
}

#[tokio::test]
async fn a_panic_while_being_cancelled_fails_that_record_alone() {
    let mut lambda = probe("act_on_each").await;
    let batch = sqs([("m1", echo()), ("m2", json!({ "act": "panic_in_destructor_once_cancelled" }))]);
    let answer = lambda.serve(Event::new(&batch).with_left(LEFT)).await;
    assert_eq!(answer.response(), failed(&["m2"]));
    assert_eq!(lambda.invoke(sqs([("m3", echo())])).await.response(), failed(&[]));
}

#[tokio::test]
async fn a_handler_that_never_yields_is_named_before_lambda_ends_it() {
    let peer = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let block = json!({ "act": "block", "peer": peer.local_addr().unwrap().to_string() });
    let mut lambda = probe("act_on_each").await;
    let event = Event::new(&sqs([("m1", echo()), ("m2", block), ("m3", echo())])).with_left(LEFT);
    let request = event.request_id.clone();
    lambda.api.queue(event);
    let (blocked, _) = within("the handler to block", peer.accept()).await.unwrap();

    let line = structured(&lambda.process.line(|line| line.contains("did not stop")).await);
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["handler"], "act_on_each");
    assert_eq!(line["record"], "m2");
    assert_eq!(line["requestId"], request);

    // Released, it was done after all; what comes after it was not started.
    drop(blocked);
    assert_eq!(lambda.api.posted().await.response(), failed(&["m3"]));
}
