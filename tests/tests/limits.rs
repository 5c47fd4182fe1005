//! Large events, large responses, and many events in a row.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use lambkin_e2e::binaries::release;
use lambkin_e2e::{Event, Lambda, Setup, sqs};
use serde_json::{Value, json};

/// What Lambda takes as a buffered response.
const MOST: usize = 6_291_556;

async fn probe(handler: &str) -> Lambda {
    Setup::new(&release().probe).handler(handler).start().await
}

#[tokio::test]
async fn an_event_of_6_mb_is_served() {
    let mut lambda = probe("measure").await;
    let length = 6 * 1024 * 1024;
    assert_eq!(lambda.invoke(json!({ "content": "x".repeat(length) })).await.response(), length);
}

#[tokio::test]
async fn the_largest_response_passes_and_a_larger_one_says_so() {
    let mut lambda = probe("act").await;
    let posted = lambda.invoke(json!({ "act": "fill", "bytes": MOST })).await;
    assert!(posted.response().is_string());
    assert_eq!(posted.body.len(), MOST);

    let error = lambda.invoke(json!({ "act": "fill", "bytes": MOST + 1 })).await.error();
    assert_eq!(error["errorType"], "ResponseTooLarge");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("6291557") && message.contains("6291556"), "{message}");
    assert_eq!(lambda.invoke(json!({ "act": "echo", "value": 1 })).await.response(), 1);
}

#[tokio::test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
async fn memory_does_not_grow_over_10_000_events() {
    // What is lost in 8,000 events may not exceed this: 32 bytes an event would.
    const TOLERANCE_KIB: u64 = 250;

    // Success, failure, panic and the deadline's bookkeeping: each path may leak.
    let batch = sqs([
        ("m1", json!({ "act": "echo", "value": "x".repeat(1000) })),
        ("m2", json!({ "act": "fail" })),
        ("m3", json!({ "act": "panic" })),
    ]);
    let failures: Value = json!([{ "itemIdentifier": "m2" }, { "itemIdentifier": "m3" }]);
    // `lambda_runtime` puts the trace into the environment, and glibc never frees what was there: some
    // 150 bytes for each new trace, with or without lambkin.
    let trace_id = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700".to_owned();
    let mut lambda = probe("act_on_each").await;
    let mut early = 0;
    for served in 1..=10_000 {
        let event = Event { trace_id: trace_id.clone(), ..Event::new(&batch) };
        let answer = lambda.serve(event).await.response();
        assert_eq!(answer["batchItemFailures"], failures);
        if served == 2_000 {
            early = lambda.process.rss_kib();
        }
    }
    let late = lambda.process.rss_kib();
    eprintln!("resident after 2,000 events: {early} KiB, after 10,000: {late} KiB");
    assert!(late <= early + TOLERANCE_KIB, "{early} KiB after 2,000 events, {late} KiB after 10,000");
}
