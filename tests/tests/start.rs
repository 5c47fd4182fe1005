//! The start: what is made before the first event, and what is posted if that fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use lambkin_e2e::binaries::release;
use lambkin_e2e::{Lambda, Posted, Setup, structured};
use serde_json::json;

fn probe(handler: &str) -> Setup {
    Setup::new(&release().probe).handler(handler)
}

/// What a start that fails posts, once: then the process ends, having asked for no event.
async fn fails(setup: Setup) -> (Posted, Vec<String>) {
    let mut lambda: Lambda = setup.start().await;
    let posted = lambda.api.posted().await;
    assert_eq!(posted.path, "/2018-06-01/runtime/init/error");
    let (status, lines) = lambda.process.end().await;
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    assert_eq!(lambda.api.times_asked(), 0, "an event was asked for");
    assert!(lambda.api.posted_already().is_none(), "posted twice");
    (posted, lines)
}

#[tokio::test]
async fn an_init_that_fails_is_posted_with_its_own_type_and_its_sources() {
    let (posted, lines) = fails(probe("needs_database")).await;
    let expected = json!({
        "errorType": "probe::app::NoDatabase",
        "errorMessage": "`#[init]` function `database` failed: no database: nobody listens",
    });
    assert_eq!(posted.json(), expected);
    assert_eq!(posted.header("lambda-runtime-function-error-type"), "probe::app::NoDatabase");
    assert_eq!(posted.header("content-type"), "application/vnd.aws.lambda.error+json");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let line = structured(&lines[0]);
    assert_eq!((&line["level"], &line["error_type"]), (&json!("ERROR"), &json!("probe::app::NoDatabase")));
    assert!(line["message"].as_str().unwrap().contains("no database: nobody listens"), "{line}");
}

#[tokio::test]
async fn an_init_that_panics_is_posted_with_its_place() {
    let (posted, lines) = fails(probe("needs_cache")).await;
    let error = posted.json();
    assert_eq!(error["errorType"], "Panic");
    assert_eq!(posted.header("lambda-runtime-function-error-type"), "Panic");
    let message = error["errorMessage"].as_str().unwrap();
    let start = "`#[init]` function `cache` failed: panicked at tests/probe/src/app.rs:";
    assert!(message.starts_with(start) && message.ends_with(": the cache is cold"), "{message}");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(structured(&lines[0])["message"].as_str().unwrap().contains("the cache is cold"));
}

#[tokio::test]
async fn the_first_failure_ends_an_init_that_would_never_be_done() {
    let (posted, _) = fails(probe("needs_database_and_left")).await;
    assert_eq!(posted.json()["errorType"], "probe::app::NoDatabase");
}

#[tokio::test]
async fn an_unknown_handler_is_an_error_that_lists_the_known_ones() {
    let (posted, _) = fails(probe("no_such")).await;
    let error = posted.json();
    assert_eq!(error["errorType"], "NoSuchHandler");
    let message = error["errorMessage"].as_str().unwrap();
    for part in ["`_HANDLER`", "`no_such`", "`echo`", "`act_on_each`", "`needs_both`"] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
}

#[tokio::test]
async fn what_lambda_always_sets_is_asked_for_by_name() {
    for name in ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"] {
        let (posted, _) = fails(probe("echo").without(name)).await;
        let error = posted.json();
        assert_eq!(error["errorType"], "InvalidEnvironment");
        assert!(error["errorMessage"].as_str().unwrap().contains(name), "{error}");
    }
    let (posted, _) = fails(probe("echo").with("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "plenty")).await;
    assert_eq!(posted.json()["errorType"], "InvalidEnvironment");
}

#[tokio::test]
async fn only_what_the_handler_reaches_is_made() {
    // The same binary holds init functions that fail, panic, and wait for each other.
    let mut lambda = probe("echo").start().await;
    assert_eq!(lambda.invoke(json!("ready")).await.response(), "ready");
    assert_eq!(lambda.process.kill().await, Vec::<String>::new());
}

#[tokio::test]
async fn independent_inits_run_at_the_same_time_and_before_what_borrows_them() {
    // `left` waits for `right` and `right` for `left`: one after the other, they would wait for ever.
    let mut lambda = probe("needs_both").start().await;
    assert_eq!(lambda.invoke(json!(null)).await.response(), 3);
}
