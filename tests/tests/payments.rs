//! The example of payments: the same batch twice, on each store that it may be given.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use lambkin_e2e::binaries::{debug, example_event};
use lambkin_e2e::tool::{Output, run_with};
use lambkin_e2e::{Event, Setup, structured};
use lambkin_peers::dynamodb::DynamoDb;
use lambkin_peers::redis::Redis;
use serde_json::json;

/// One line for each payment, although the batch holds one of them twice.
const LEDGER: &str = "ann 1250 p-1001\nben 990 p-1002\nann 4200 p-1003\ncleo 50 p-1004\n";

async fn charge(folder: &Path, environment: &[(&str, String)]) -> Output {
    // A copy, so that what it keeps next to itself is this test's.
    let program = folder.join("payments");
    if !program.exists() {
        std::fs::copy(debug().example("payments"), &program).unwrap();
    }
    let event = example_event("payments", "batch");
    let environment = environment.iter().map(|(name, value)| (*name, value.as_str()));
    run_with(&program, &["charge", event.to_str().unwrap()], "", environment).await
}

async fn twice(environment: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let replays = |output: &Output| output.stderr.matches("idempotency=replayed").count();
    let first = charge(folder.path(), environment).await;
    assert_eq!(first.response(), json!({"batchItemFailures": []}));
    assert_eq!(replays(&first), 1, "{}", first.stderr);
    let second = charge(folder.path(), environment).await;
    assert_eq!(second.response(), json!({"batchItemFailures": []}));
    assert_eq!(replays(&second), 5, "{}", second.stderr);
    assert_eq!(std::fs::read_to_string(folder.path().join("payments.ledger")).unwrap(), LEDGER);
    folder
}

#[tokio::test]
async fn without_any_set_up_records_are_in_a_file() {
    let folder = twice(&[]).await;
    assert!(folder.path().join("lambkin-idempotency.sqlite").exists());
}

#[tokio::test]
async fn in_a_dynamodb_table() {
    let peer = DynamoDb::start().table("payments", None);
    let mut environment = peer.environment().to_vec();
    environment.push(("LAMBKIN_IDEMPOTENCY", "dynamodb://payments".to_owned()));
    let folder = twice(&environment).await;
    assert!(!folder.path().join("lambkin-idempotency.sqlite").exists());
}

#[tokio::test]
async fn on_a_redis_server() {
    let peer = Redis::start();
    twice(&[("LAMBKIN_IDEMPOTENCY", peer.url())]).await;
}

#[tokio::test]
async fn on_lambda_a_store_has_to_be_named() {
    let mut lambda = Setup::new(&debug().example("payments")).handler("refund").start().await;
    let posted = lambda.api.posted().await;
    assert_eq!(posted.path, "/2018-06-01/runtime/init/error");
    let error = posted.json();
    assert_eq!(error["errorType"], "NoIdempotencyStore");
    assert!(error["errorMessage"].as_str().unwrap().contains("set `LAMBKIN_IDEMPOTENCY`"), "{error}");
}

/// Two environments of one function, on the Runtime API, with one server.
#[tokio::test]
async fn on_lambda_environments_share_what_they_did() {
    let (peer, folder) = (Redis::start(), tempfile::tempdir().unwrap());
    let ledger = folder.path().join("ledger");
    let environment = Setup::new(&debug().example("payments"))
        .with("LAMBKIN_IDEMPOTENCY", &peer.url())
        .with("PAYMENTS_LEDGER", ledger.to_str().unwrap());
    let batch = std::fs::read_to_string(example_event("payments", "batch")).unwrap();
    for _ in 0..2 {
        let mut lambda = environment.clone().handler("charge").start().await;
        let posted = lambda.serve(Event::raw(batch.clone())).await;
        assert_eq!(posted.json(), json!({"batchItemFailures": []}));
        let lines = lambda.process.kill().await;
        let outcomes: Vec<_> = lines.iter().map(|line| structured(line)["idempotency"].clone()).collect();
        assert!(outcomes.contains(&json!("replayed")), "{lines:#?}");
    }
    assert_eq!(std::fs::read_to_string(&ledger).unwrap(), LEDGER);

    let mut receipts = Vec::new();
    for _ in 0..2 {
        let mut lambda = environment.clone().handler("refund").start().await;
        let refund = json!({"payment": "p-1001", "cents": 1250});
        receipts.push(lambda.invoke(refund).await.json());
        let other = lambda.invoke(json!({"payment": "p-1001", "cents": 1})).await;
        assert!(other.path.ends_with("/error"));
        assert_eq!(other.json()["errorType"], "IdempotencyMismatch");
    }
    assert_eq!(receipts[0]["refund"], "p-1001");
    assert_eq!(receipts[0], receipts[1]);
}

#[tokio::test]
async fn the_manifest_says_what_is_remembered() {
    let output = lambkin_e2e::tool::run(&debug().example("payments"), &["manifest"], "").await;
    let manifest = output.response();
    assert_eq!(
        manifest["functions"][0]["idempotency"],
        json!({
            "scope": "payments/charge",
            "expires_ms": 86_400_000,
            "clock_skew_ms": 500,
            "waits": false,
            "runs_without_key": false,
            "runs_without_store": false,
            "keeps_data": true,
            "has_own_store": false,
            "form": "lambkin",
        })
    );
    assert_eq!(manifest["functions"][1]["idempotency"]["waits"], true);
}
