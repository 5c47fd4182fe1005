//! `apply` where nobody is asked.

use serde_json::json;

use crate::cloud::{Cloud, DAY};

#[tokio::test]
async fn what_was_planned_is_reserved_once() {
    let cloud = Cloud::start(160).await;
    for (function, handler, peak) in
        [("orders-dev-fulfil", "fulfil", 14.0), ("orders-dev-api", "api", 28.0), ("orders-dev-nightly", "nightly", 7.0)]
    {
        cloud.function(function, handler).await;
        cloud.ran(function, 10 * DAY, &[peak]).await;
    }
    cloud.reserve("orders-dev-nightly", 30).await;
    cloud.reserve("orders-dev-api", 20).await;
    // 110 are unreserved: only after `nightly` has given back 20 there is room for 20 of each of the others, and AWS (as moto
    // plays it) refuses what goes below 100.
    let asked = cloud.run(&["apply"]).await;
    assert_eq!(asked.code, Some(1), "{asked:?}");
    assert!(asked.stderr.contains("nobody can be asked here, so nothing is changed"), "{asked:?}");
    assert_eq!(cloud.reserved("orders-dev-nightly").await, Some(30));

    let full = cloud.run(&["apply", "--yes"]).await;
    assert!(full.stderr.contains("10 are missing"), "{full:?}");
    let without = ["apply", "--yes", "--handler", "api", "--handler", "nightly"];
    let applied = cloud.run(&without).await;
    assert_eq!(applied.code, Some(0), "{applied:?}");
    assert!(!applied.stdout.contains("fulfil"), "{applied:?}");
    let lines: Vec<&str> = applied.stdout.lines().filter(|line| line.starts_with("  reserved")).collect();
    assert_eq!(
        lines,
        ["  reserved      nightly (orders-dev-nightly): 30 -> 10", "  reserved      api (orders-dev-api): 20 -> 40",]
    );
    assert_eq!(cloud.reserved("orders-dev-nightly").await, Some(10));
    assert_eq!(cloud.reserved("orders-dev-api").await, Some(40));

    let again = cloud.run(&[&without[..], &["--format", "json"]].concat()).await.response();
    assert_eq!((&again["applied"], &again["not_applied"], &again["stopped"]), (&json!([]), &json!([]), &json!(null)));
    let again = cloud.run(&without).await;
    assert!(again.stdout.contains("Nothing to do.") && !again.stdout.contains("orders-dev-api"), "{again:?}");
}

#[tokio::test]
async fn what_was_only_guessed_is_not_changed() {
    let cloud = Cloud::start(1000).await;
    cloud.function("another-s", "api").await;
    cloud.ran("another-s", 10 * DAY, &[5.0]).await;
    let guessed = cloud.run(&["apply", "--yes"]).await;
    assert_eq!(guessed.code, Some(1), "{guessed:?}");
    assert!(guessed.stderr.contains("say so with `--function api=another-s`"), "{guessed:?}");
    assert_eq!(cloud.reserved("another-s").await, None);
    let said = cloud.run(&["apply", "--yes", "--function", "api=another-s"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(cloud.reserved("another-s").await, Some(8));
}

#[tokio::test]
async fn a_function_that_is_switched_off_stays_off() {
    let cloud = Cloud::start(1000).await;
    cloud.function("orders-dev-api", "api").await;
    cloud.ran("orders-dev-api", 10 * DAY, &[5.0]).await;
    cloud.reserve("orders-dev-api", 0).await;
    let off = cloud.run(&["apply", "--yes"]).await;
    assert_eq!(off.code, Some(1), "{off:?}");
    assert!(off.stdout.contains("it is switched off: 0 is reserved for it"), "{off:?}");
    assert_eq!(cloud.reserved("orders-dev-api").await, Some(0));
}
