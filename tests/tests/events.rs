//! Events as they usually come: what is answered, and how a handler is chosen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::time::{Duration, SystemTime};

use lambkin_e2e::binaries::{one_bad_event, release};
use lambkin_e2e::{Event, Lambda, Setup, sqs, sqs_texts, structured};
use serde_json::{Value, json};

fn order(sku: &str, quantity: u32) -> Value {
    json!({ "id": "o-1", "sku": sku, "quantity": quantity })
}

async fn orders() -> Lambda {
    Setup::new(&release().orders).start().await
}

#[tokio::test]
async fn a_partial_batch_response_names_the_bad_record_and_no_other() {
    let mut lambda = orders().await;
    let event = Event::raw(std::fs::read(one_bad_event()).unwrap());
    let answer = lambda.serve(event).await.response();
    let failures = json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] });
    assert_eq!(answer, failures);
}

#[tokio::test]
async fn a_batch_without_failures_reports_none() {
    let mut lambda = orders().await;
    let answer = lambda.invoke(sqs([("m1", order("tea", 1)), ("m2", order("cake", 1))])).await;
    assert_eq!(answer.response(), json!({ "batchItemFailures": [] }));
}

#[tokio::test]
async fn a_body_that_does_not_decode_fails_alone_and_is_not_logged() {
    let mut lambda = orders().await;
    let answer = lambda.invoke(sqs_texts([("m1", r#"{"id":"o-1","sku":"hunter2"}"#), ("m2", "hunter2 {")])).await;
    // Nothing succeeded, which shows as an error.
    assert_eq!(answer.error()["errorType"], "BatchFailed");
    let good = order("tea", 1).to_string();
    let answer = lambda.invoke(sqs_texts([("m1", r#"{"id":"o-1","sku":"hunter2"}"#), ("m2", &good)])).await;
    assert_eq!(answer.response(), json!({ "batchItemFailures": [{ "itemIdentifier": "m1" }] }));
    let lines = lambda.process.kill().await;
    assert!(lines.iter().any(|line| structured(line)["record"] == "m1"), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("hunter2")), "a payload is in the log: {lines:#?}");
}

#[tokio::test]
async fn what_would_fail_again_is_acknowledged_and_logged() {
    let mut lambda = orders().await;
    let answer = lambda.invoke(sqs([("m1", order("wine", 1)), ("m2", order("tea", 1))])).await;
    assert_eq!(answer.response(), json!({ "batchItemFailures": [] }));
    let line = structured(&lambda.process.line(|line| line.contains("discarded: ")).await);
    assert_eq!((&line["level"], &line["record"]), (&json!("WARN"), &json!("m1")), "{line}");
}

#[tokio::test]
async fn a_batch_is_counted_by_outcome() {
    let mut lambda = orders().await;
    let batch = sqs([("m1", order("wine", 1)), ("m2", order("tea", 1)), ("m3", order("cake", 9)), ("m4", json!({}))]);
    lambda.invoke(batch).await.response();
    let line = structured(&lambda.process.line(|line| line.contains("batch done")).await);
    let counts = ["records", "failed", "unprocessed", "discarded"].map(|count| line[count].as_u64());
    assert_eq!(counts, [Some(4), Some(2), Some(0), Some(1)], "{line}");
}

#[tokio::test]
async fn the_twin_written_by_hand_answers_the_same() {
    let mut lambda = orders().await;
    let mut twin = Setup::new(&release().by_hand).start().await;
    let escaped = r#"{"id":"caf\u00e9","sku":"te\u0061","quantity":1}"#;
    let bodies = [
        ("m1", order("tea", 1).to_string()),
        ("m2", order("cake", 3).to_string()),
        ("m3", order("wine", 1).to_string()),
        ("m4", "{}".to_owned()),
        ("m5", escaped.to_owned()),
    ];
    let event = sqs_texts(bodies.iter().map(|(id, body)| (*id, body.as_str())));
    let failed = |answer: &Value| {
        let failures = answer["batchItemFailures"].as_array().unwrap().iter();
        let mut ids: Vec<String> = failures.map(|f| f["itemIdentifier"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    let ours = lambda.invoke(event.clone()).await.response();
    let theirs = twin.invoke(event).await.response();
    assert_eq!(failed(&ours), ["m2", "m4"]);
    assert_eq!(failed(&ours), failed(&theirs));
}

#[tokio::test]
async fn the_invocation_id_is_echoed_on_responses_and_errors() {
    let mut lambda = Setup::new(&release().probe).handler("act").start().await;
    for act in ["no_such_act", "fail"] {
        let event = Event::new(&json!({ "act": act, "value": 1 }));
        let id = event.invocation_id.clone();
        let posted = lambda.serve(event).await;
        assert!(posted.error().is_object());
        assert_eq!(posted.header("lambda-runtime-invocation-id"), id);
    }
    let event = Event::new(&json!({ "act": "echo", "value": 1 }));
    let id = event.invocation_id.clone();
    let posted = lambda.serve(event).await;
    assert_eq!(posted.response(), 1);
    assert_eq!(posted.header("lambda-runtime-invocation-id"), id);
}

#[tokio::test]
async fn a_handler_knows_its_invocation() {
    let mut lambda = Setup::new(&release().probe).handler("introspect").start().await;
    let event = Event::new(&Value::Null);
    let expected = json!({
        "function": "function",
        "version": "$LATEST",
        "memory": 256,
        "request": event.request_id,
        "arn": "arn:aws:lambda:us-east-2:123456789012:function:function",
        "trace": event.trace_id,
        "deadline_is_known": true,
    });
    assert_eq!(lambda.serve(event).await.response(), expected);
    // What `cargo lambda watch` sends.
    let deadline = SystemTime::UNIX_EPOCH + Duration::from_millis(600_000);
    let event = Event { deadline, ..Event::new(&Value::Null) };
    assert_eq!(lambda.serve(event).await.response()["deadline_is_known"], false);
}

#[tokio::test]
async fn a_handler_is_chosen_by_the_first_variable_that_names_one() {
    let probe = || Setup::new(&release().probe);
    let chosen = [
        probe().with("LAMBKIN_HANDLER", "echo").handler("act").with("AWS_LAMBDA_FUNCTION_NAME", "act"),
        probe().handler("echo").with("AWS_LAMBDA_FUNCTION_NAME", "act"),
        probe().with("AWS_LAMBDA_FUNCTION_NAME", "echo"),
    ];
    for setup in chosen {
        let mut lambda = setup.start().await;
        assert_eq!(lambda.invoke(json!("who is there")).await.response(), "who is there");
    }
}

#[tokio::test]
async fn with_one_handler_there_is_nothing_to_choose() {
    let mut lambda = Setup::new(&release().orders).handler("no.such_handler").start().await;
    let answer = lambda.invoke(sqs([("m1", order("tea", 1))])).await;
    assert_eq!(answer.response(), json!({ "batchItemFailures": [] }));
}
