//! `#[shutdown]`: Lambda's SIGTERM, and the extension without which Lambda sends none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use lambkin_e2e::binaries::release;
use lambkin_e2e::{Event, Lambda, Setup, sqs, structured, within};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Starts the handler, and waits until it is ready for events.
async fn ready(handler: &str) -> Lambda {
    let mut lambda = Setup::new(&release().probe).handler(handler).start().await;
    lambda.api.asked(1).await;
    lambda
}

/// Sends SIGTERM, and reads the messages up to the end.
async fn terminate(lambda: &mut Lambda) -> Vec<Value> {
    lambda.process.signal("TERM").await;
    let (status, lines) = lambda.process.end().await;
    assert_eq!(status.code(), Some(0), "{lines:#?}");
    lines.iter().map(|line| structured(line)).collect()
}

#[tokio::test]
async fn an_internal_extension_is_registered_for_no_event() {
    let mut lambda = ready("echo").await;
    let register = lambda.api.extension().await;
    assert_eq!(register.path, "/2020-01-01/extension/register");
    assert!(!register.header("lambda-extension-name").is_empty());
    assert_eq!(register.json(), json!({ "events": [] }));
    let next = lambda.api.extension().await;
    assert_eq!(next.path, "/2020-01-01/extension/event/next");
    assert_eq!(next.header("lambda-extension-identifier"), "extension-1");
}

#[tokio::test]
async fn without_shutdown_functions_there_is_no_extension() {
    let mut lambda = Setup::new(&release().orders).start().await;
    lambda.invoke(sqs([("m1", json!({ "id": "o-1", "sku": "tea", "quantity": 1 }))])).await.response();
    assert!(lambda.api.extension_already().is_none());
}

#[tokio::test]
async fn sigterm_runs_every_shutdown_function_and_ends_well() {
    let mut lambda = ready("needs_both").await;
    let lines = terminate(&mut lambda).await;
    let messages: Vec<&str> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    let failed = "`#[shutdown]` function `stumble` failed: the stairs are dark";
    assert_eq!(messages, [failed, "farewell", "closed"]);
    assert_eq!(lines[0]["level"], "ERROR");
    assert_eq!(lines[2]["sum"], 3);
}

#[tokio::test]
async fn what_was_never_made_is_not_closed() {
    let mut lambda = ready("echo").await;
    assert_eq!(lambda.invoke(json!(1)).await.response(), 1);
    let lines = terminate(&mut lambda).await;
    let messages: Vec<&str> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert_eq!(messages[1..], ["farewell"]);
}

#[tokio::test]
async fn a_handler_that_is_stuck_does_not_hold_it_up() {
    let peer = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut lambda = ready("act").await;
    let block = json!({ "act": "block", "peer": peer.local_addr().unwrap().to_string() });
    lambda.api.queue(Event::new(&block));
    let _blocked = within("the handler to block", peer.accept()).await.unwrap();
    let lines = terminate(&mut lambda).await;
    assert!(lines.iter().any(|line| line["message"] == "farewell"), "{lines:#?}");
}
