//! A Runtime API that misbehaves: the process ends and says why, or goes on; it never hangs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use http::StatusCode;
use lambkin_e2e::binaries::release;
use lambkin_e2e::{Event, Lambda, Setup, structured};
use serde_json::{Value, json};

async fn echo() -> Lambda {
    Setup::new(&release().probe).handler("echo").start().await
}

async fn four_at_once() -> Lambda {
    Setup::new(&release().probe).handler("echo").with("AWS_LAMBDA_MAX_CONCURRENCY", "4").start().await
}

/// The process ends with an error status, and one line says why.
async fn ends(lambda: &mut Lambda) -> Value {
    let (status, lines) = lambda.process.end().await;
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    let line = structured(&lines[0]);
    assert_eq!(line["level"], "ERROR");
    assert!(line["message"].as_str().unwrap().contains("Runtime API"), "{line}");
    line
}

#[tokio::test]
async fn an_error_status_instead_of_an_event_ends_the_process() {
    let mut lambda = echo().await;
    assert_eq!(lambda.invoke(json!(1)).await.response(), 1);
    lambda.api.fail_next(StatusCode::INTERNAL_SERVER_ERROR);
    ends(&mut lambda).await;
}

#[tokio::test]
async fn an_error_status_instead_of_the_first_event_ends_the_process() {
    let mut lambda = echo().await;
    lambda.api.fail_next(StatusCode::FORBIDDEN);
    ends(&mut lambda).await;
}

#[tokio::test]
async fn a_dropped_connection_ends_the_process() {
    let mut lambda = echo().await;
    assert_eq!(lambda.invoke(json!(1)).await.response(), 1);
    lambda.api.hang_up_next();
    ends(&mut lambda).await;
}

#[tokio::test]
async fn an_api_that_goes_away_ends_the_process() {
    let mut lambda = echo().await;
    lambda.api.asked(1).await;
    lambda.api.vanish().await;
    ends(&mut lambda).await;
}

#[tokio::test]
async fn with_four_at_once_an_error_status_leaves_others_to_serve() {
    let mut lambda = four_at_once().await;
    lambda.api.asked(4).await;
    lambda.api.fail_next(StatusCode::INTERNAL_SERVER_ERROR);
    for value in 0..8 {
        assert_eq!(lambda.invoke(json!(value)).await.response(), value);
    }
    let lines = lambda.process.kill().await;
    assert!(lines.iter().any(|line| structured(line)["level"] == "ERROR"), "nobody was told: {lines:#?}");
}

#[tokio::test]
async fn with_four_at_once_the_process_ends_once_nobody_is_left_to_serve() {
    let mut lambda = four_at_once().await;
    lambda.api.asked(4).await;
    for _ in 0..4 {
        lambda.api.fail_next(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let (status, lines) = lambda.process.end().await;
    assert!(status.code().is_some_and(|code| code != 0), "{status}");
    let last = structured(lines.last().expect("nothing was said"));
    assert_eq!(last["level"], "ERROR");
    assert!(last["message"].as_str().unwrap().contains("Runtime API"), "{last}");
}

#[tokio::test]
async fn with_four_at_once_a_dropped_connection_is_made_anew() {
    let mut lambda = four_at_once().await;
    lambda.api.asked(4).await;
    for _ in 0..4 {
        lambda.api.hang_up_next();
    }
    // Each of the four asks again.
    lambda.api.asked(8).await;
    for value in 0..8 {
        lambda.api.queue(Event::new(&json!(value)));
    }
    for _ in 0..8 {
        lambda.api.posted().await.response();
    }
}

#[tokio::test]
async fn an_address_that_is_none_ends_the_process() {
    let variables = [("AWS_LAMBDA_RUNTIME_API", "not an address"), ("AWS_LAMBDA_LOG_FORMAT", "JSON")];
    let mut process = lambkin_e2e::Process::start(&release().probe, variables);
    let (status, lines) = process.end().await;
    assert_eq!(status.code(), Some(1));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(structured(&lines[0])["message"].as_str().unwrap().contains("not an address"));
}

#[tokio::test]
async fn a_post_that_breaks_is_tried_once_more() {
    let mut lambda = Setup::new(&release().probe).handler("echo").start().await;
    lambda.api.hang_up_post();
    let first = lambda.invoke(json!(1)).await;
    let again = lambda.api.posted().await;
    assert_eq!((first.path, first.body), (again.path, again.body));
    assert_eq!(lambda.invoke(json!(2)).await.response(), 2);
}

#[tokio::test]
async fn a_post_that_breaks_twice_ends_the_process() {
    let mut lambda = Setup::new(&release().probe).handler("echo").start().await;
    lambda.api.hang_up_post();
    lambda.api.hang_up_post();
    lambda.invoke(json!(1)).await;
    let (status, lines) = lambda.process.end().await;
    assert!(!status.success());
    assert!(lines.iter().any(|line| line.contains("the Runtime API failed")), "{lines:#?}");
}
