//! A panic, wherever it happens, fails one record or one invocation, is one line in the log, and the process lives.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use lambkin_e2e::binaries::release;
use lambkin_e2e::{Lambda, Setup, sqs, structured};
use serde_json::{Value, json};

const FIRE: &str = "the till is on fire";

async fn probe(handler: &str) -> Lambda {
    Setup::new(&release().probe).handler(handler).start().await
}

fn act(act: &str) -> Value {
    json!({ "act": act, "bomb": null })
}

/// The lines that tell of the panic, after the process has served another event.
async fn told(lambda: &mut Lambda) -> Vec<Value> {
    let next = lambda.invoke(json!({ "act": "echo", "value": "alive" })).await;
    assert_eq!(next.response(), "alive");
    let lines = lambda.process.kill().await;
    lines.iter().filter(|line| line.contains(FIRE)).map(|line| structured(line)).collect()
}

async fn fails_alone(name: &str) {
    let mut lambda = probe("act").await;
    let posted = lambda.invoke(act(name)).await;
    let error = posted.error();
    assert_eq!(error["errorType"], "Panic", "{error}");
    assert_eq!(posted.header("lambda-runtime-function-error-type"), "Panic");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("tests/probe/src/acts.rs:") && message.ends_with(FIRE), "no place: {message}");

    let told = told(&mut lambda).await;
    assert_eq!(told.len(), 1, "one panic is one line: {told:#?}");
    assert_eq!(told[0]["level"], "ERROR");
    assert!(told[0]["message"].as_str().unwrap().contains("tests/probe/src/acts.rs:"), "no place: {}", told[0]);
}

#[tokio::test]
async fn in_a_handler() {
    fails_alone("panic").await;
}

#[tokio::test]
async fn in_deserialize() {
    fails_alone("panic_in_decoder").await;
}

#[tokio::test]
async fn in_serialize() {
    fails_alone("panic_in_serializer").await;
}

#[tokio::test]
async fn in_a_destructor() {
    fails_alone("panic_in_destructor").await;
}

#[tokio::test]
async fn in_the_destructor_of_a_panics_payload() {
    fails_alone("panic_with_panic").await;
}

#[tokio::test]
async fn in_a_task_of_the_handlers() {
    let mut lambda = probe("act").await;
    let answer = lambda.invoke(act("panic_in_task")).await;
    assert_eq!(answer.response(), Value::Null, "the handler took it calmly");
    let told = told(&mut lambda).await;
    assert_eq!(told.len(), 1, "one panic is one line: {told:#?}");
    assert_eq!(told[0]["level"], "ERROR");
}

#[tokio::test]
async fn in_records_of_a_batch() {
    let mut lambda = probe("act_on_each").await;
    let fine = json!({ "act": "echo", "value": 1 });
    let batch = sqs([
        ("m1", fine.clone()),
        ("m2", act("panic")),
        ("m3", act("panic_in_decoder")),
        ("m4", act("panic_in_destructor")),
        ("m5", fine.clone()),
    ]);
    let failed = ["m2", "m3", "m4"];
    let expected = json!({ "batchItemFailures": failed.map(|id| json!({ "itemIdentifier": id })) });
    assert_eq!(lambda.invoke(batch).await.response(), expected);
    assert_eq!(lambda.invoke(sqs([("m6", fine)])).await.response(), json!({ "batchItemFailures": [] }));

    let lines = lambda.process.kill().await;
    let told: Vec<Value> = lines.iter().filter(|line| line.contains(FIRE)).map(|line| structured(line)).collect();
    let records: Vec<&str> = told.iter().map(|line| line["record"].as_str().unwrap()).collect();
    assert_eq!(records, failed, "one panic is one line: {lines:#?}");
}

#[tokio::test]
async fn lines_of_text_are_single_lines_too() {
    let mut lambda = Setup::new(&release().probe).with("AWS_LAMBDA_LOG_FORMAT", "Text").handler("act").start().await;
    lambda.invoke(act("panic")).await.error();
    let lines = lambda.process.kill().await;
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains(" ERROR ") && lines[0].contains(FIRE), "{lines:#?}");
}

#[tokio::test]
async fn one_that_the_handler_caught_leaves_a_line() {
    let mut lambda = probe("act").await;
    lambda.invoke(act("panic_and_catch")).await.response();
    let told = told(&mut lambda).await;
    assert_eq!(told.len(), 1, "one panic is one line: {told:#?}");
}

#[tokio::test]
async fn one_that_is_resumed_is_not_placed_where_another_was() {
    let mut lambda = probe("act").await;
    let error = lambda.invoke(act("panic_and_resume")).await.error();
    let message = error["errorMessage"].as_str().unwrap();
    assert_eq!(message, format!("panicked: {FIRE}"));
    let lines = lambda.process.kill().await;
    assert_eq!(lines.iter().filter(|line| line.contains("never mind")).count(), 1, "{lines:#?}");
}
