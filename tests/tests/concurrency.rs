//! Several invocations at the same time, as on Managed Instances.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::HashSet;

use lambkin_e2e::binaries::release;
use lambkin_e2e::{Event, Lambda, Setup, sqs};
use serde_json::{Value, json};

async fn four_at_once(handler: &str) -> Lambda {
    Setup::new(&release().probe).handler(handler).with("AWS_LAMBDA_MAX_CONCURRENCY", "4").start().await
}

#[tokio::test]
async fn four_events_are_in_flight_at_once_and_each_keeps_its_own_context() {
    let mut lambda = four_at_once("meet").await;
    // Twice, since the first time may have cost a worker.
    for _ in 0..2 {
        let events: Vec<Event> = (0..4).map(|_| Event::new(&Value::Null)).collect();
        let expected: HashSet<String> = events
            .iter()
            .map(|event| json!({ "request": event.request_id, "trace": event.trace_id }).to_string())
            .collect();
        // None is answered before all four are there.
        events.into_iter().for_each(|event| lambda.api.queue(event));
        let mut seen = HashSet::new();
        for _ in 0..4 {
            let posted = lambda.api.posted().await;
            let response = posted.response();
            let path = format!("/2018-06-01/runtime/invocation/{}/response", response["request"].as_str().unwrap());
            assert_eq!(posted.path, path, "answered under another's identifier");
            seen.insert(response.to_string());
        }
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn a_panic_costs_no_worker() {
    let mut lambda = four_at_once("act").await;
    for act in ["panic", "panic_in_decoder", "panic_in_destructor", "panic_in_serializer", "fail"] {
        for _ in 0..4 {
            lambda.api.queue(Event::new(&json!({ "act": act, "bomb": null })));
        }
        for _ in 0..4 {
            lambda.api.posted().await.error();
        }
    }
    // All four ask again: 4 at first, and one more after each of the 20 answers.
    lambda.api.asked(24).await;
    assert_eq!(lambda.invoke(json!({ "act": "echo", "value": 1 })).await.response(), 1);
}

#[tokio::test]
async fn batches_side_by_side_report_their_own_records() {
    let mut lambda = four_at_once("act_on_each").await;
    let ids: Vec<(String, String)> = (0..20).map(|n| (format!("good-{n}"), format!("bad-{n}"))).collect();
    let mut expected = HashSet::new();
    for (good, bad) in &ids {
        let fine = json!({ "act": "echo", "value": 1 });
        let event = Event::new(&sqs([(good.as_str(), fine), (bad.as_str(), json!({ "act": "fail" }))]));
        expected.insert((format!("/2018-06-01/runtime/invocation/{}/response", event.request_id), bad.clone()));
        lambda.api.queue(event);
    }
    let mut seen = HashSet::new();
    for _ in &ids {
        let posted = lambda.api.posted().await;
        let failures = posted.response()["batchItemFailures"].clone();
        assert_eq!(failures.as_array().unwrap().len(), 1, "{failures}");
        seen.insert((posted.path, failures[0]["itemIdentifier"].as_str().unwrap().to_owned()));
    }
    assert_eq!(seen, expected);
}
