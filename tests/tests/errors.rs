//! What an invocation that fails posts, and what it logs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use lambkin_e2e::binaries::release;
use lambkin_e2e::{Event, Lambda, Setup, structured};
use serde_json::json;

async fn probe(handler: &str) -> Lambda {
    Setup::new(&release().probe).handler(handler).start().await
}

#[tokio::test]
async fn a_handlers_error_is_posted_with_its_own_type_and_its_sources() {
    let mut lambda = probe("act").await;
    let posted = lambda.invoke(json!({ "act": "fail" })).await;
    let expected = json!({ "errorType": "probe::acts::Refused", "errorMessage": "payment refused: the card expired" });
    assert_eq!(posted.error(), expected);
    assert_eq!(posted.header("lambda-runtime-function-error-type"), "probe::acts::Refused");
    assert_eq!(posted.header("content-type"), "application/vnd.aws.lambda.error+json");
    let next = lambda.invoke(json!({ "act": "echo", "value": "alive" })).await;
    assert_eq!(next.response(), "alive");
}

#[tokio::test]
async fn a_handlers_error_is_one_structured_line() {
    let mut lambda = probe("act").await;
    let event = Event::new(&json!({ "act": "fail" }));
    let request = event.request_id.clone();
    lambda.serve(event).await.error();
    let lines = lambda.process.kill().await;
    let about: Vec<_> = lines.iter().filter(|line| line.contains("payment refused")).collect();
    assert_eq!(about.len(), 1, "{lines:#?}");
    let line = structured(about[0]);
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["requestId"], request);
    assert_eq!(line["handler"], "act");
    assert_eq!(line["error_type"], "probe::acts::Refused");
    assert!(line["message"].as_str().unwrap().contains("payment refused: the card expired"), "{line}");
}

/// A canary: `lambda_runtime` would parse the event on its own, and answer with an error of its own.
#[tokio::test]
async fn bytes_that_are_no_json_reach_our_own_decoder() {
    let mut lambda = probe("act_on_each").await;
    let posted = lambda.serve(Event::raw("this is { not JSON")).await;
    let error = posted.error();
    assert_eq!(error["errorType"], "InvalidEvent", "{error}");
    assert!(error["errorMessage"].as_str().unwrap().starts_with("the event is not JSON: "), "{error}");
    assert_eq!(posted.header("lambda-runtime-function-error-type"), "InvalidEvent");

    let error = lambda.serve(Event::raw(&b"\"\xff\xfe\""[..])).await.error();
    assert_eq!(error["errorType"], "InvalidEvent", "{error}");
    assert!(error["errorMessage"].as_str().unwrap().contains("UTF-8"), "{error}");

    let error = lambda.serve(Event::raw("")).await.error();
    assert_eq!(error["errorType"], "InvalidEvent", "{error}");
}

#[tokio::test]
async fn an_event_of_another_source_is_refused() {
    let mut lambda = probe("act_on_each").await;
    let error = lambda.invoke(json!({ "detail-type": "Order Placed", "detail": {} })).await.error();
    assert_eq!(error["errorType"], "InvalidEvent");
    assert!(error["errorMessage"].as_str().unwrap().contains("not an SQS event"), "{error}");
}

#[tokio::test]
async fn a_payload_that_does_not_decode_says_what_it_lacks_and_not_what_it_holds() {
    let mut lambda = probe("measure").await;
    let error = lambda.invoke(json!({ "content": ["hunter2"] })).await.error();
    assert_eq!(error["errorType"], "MalformedPayload");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.contains("probe::Parcel") && !message.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn an_answer_that_lambda_refuses_is_logged_and_the_next_event_served() {
    let mut lambda = probe("echo").await;
    lambda.api.refuse_post(http::StatusCode::GONE);
    lambda.invoke(json!(1)).await.response();
    assert_eq!(lambda.invoke(json!(2)).await.response(), 2);
    let line = structured(&lambda.process.line(|line| line.contains("refused the answer")).await);
    assert_eq!(line["level"], "ERROR", "{line}");
    assert!(line["message"].as_str().unwrap().contains("410 Gone"), "{line}");
}

#[tokio::test]
async fn an_api_that_is_broken_ends_the_process() {
    let mut lambda = probe("echo").await;
    lambda.api.refuse_post(http::StatusCode::INTERNAL_SERVER_ERROR);
    lambda.invoke(json!(1)).await.response();
    let (status, lines) = lambda.process.end().await;
    assert!(!status.success());
    let told: Vec<&String> = lines.iter().filter(|line| line.contains("500 Internal Server Error")).collect();
    assert_eq!(told.len(), 1, "one line that says why: {lines:#?}");
}
