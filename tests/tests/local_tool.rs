//! The same binary without Lambda: a tool that runs one event.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use lambkin_e2e::binaries::{debug, one_bad_event, release};
use lambkin_e2e::tool::run;
use serde_json::{Value, json};

fn one_bad() -> Value {
    json!({ "batchItemFailures": [{ "itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da" }] })
}

#[tokio::test]
async fn an_event_from_a_file() {
    let file = one_bad_event();
    let file = file.to_str().unwrap();
    for arguments in [&["fulfil", file][..], &[file]] {
        let output = run(&debug().orders, arguments, "").await;
        assert_eq!(output.json(), one_bad());
        assert_eq!(output.code, Some(0));
        assert!(output.stderr.contains("out of stock"), "{}", output.stderr);
    }
}

#[tokio::test]
async fn an_event_from_standard_input() {
    let event = std::fs::read_to_string(one_bad_event()).unwrap();
    for arguments in [&["fulfil", "-"][..], &["fulfil"], &[]] {
        let output = run(&debug().orders, arguments, &event).await;
        assert_eq!(output.json(), one_bad());
        assert_eq!(output.code, Some(0));
    }
}

#[tokio::test]
async fn an_invocation_that_fails_prints_the_error_and_ends_with_1() {
    let output = run(&debug().probe, &["act"], r#"{"act":"fail"}"#).await;
    let expected = json!({ "errorType": "probe::acts::Refused", "errorMessage": "payment refused: the card expired" });
    assert_eq!(output.json(), expected);
    assert_eq!(output.code, Some(1));

    let output = run(&debug().probe, &["act_on_each"], "not JSON").await;
    assert_eq!(output.json()["errorType"], "InvalidEvent");
    assert_eq!(output.code, Some(1));
}

#[tokio::test]
async fn an_init_that_fails_prints_the_error_and_ends_with_1() {
    let output = run(&debug().probe, &["needs_database"], "null").await;
    assert_eq!(output.json()["errorType"], "probe::app::NoDatabase");
    assert_eq!(output.code, Some(1));
}

#[tokio::test]
async fn what_was_made_is_unmade() {
    let output = run(&debug().probe, &["needs_both"], "null").await;
    assert_eq!(output.json(), 3);
    assert!(output.stderr.contains("closed sum=3"), "{}", output.stderr);
}

#[tokio::test]
async fn a_deadline_ends_what_is_stuck() {
    // One yields to the runtime for ever; the other never does, until this test ends.
    let peer = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let block = json!({ "act": "block", "peer": peer.local_addr().unwrap().to_string() });
    for event in [json!({ "act": "hang" }), block] {
        let output = run(&debug().probe, &["act", "--deadline", "700ms"], &event.to_string()).await;
        let error = output.json();
        assert_eq!(error["errorType"], "Sandbox.Timedout", "{error}");
        assert!(error["errorMessage"].as_str().unwrap().contains("Task timed out after 0.70 seconds"), "{error}");
        assert_eq!(output.code, Some(1));
    }
}

#[tokio::test]
async fn a_deadline_that_is_over_at_once_leaves_one_answer() {
    // Whichever comes first, it is alone: `json` reads all of the output.
    for _ in 0..5 {
        run(&debug().probe, &["act", "--deadline", "0s"], r#"{"act":"echo","value":1}"#).await.json();
    }
}

#[tokio::test]
async fn a_deadline_is_what_the_handler_sees() {
    let output = run(&debug().probe, &["act_in_time", "--deadline=5s"], r#"{"act":"echo","value":1}"#).await;
    assert_eq!(output.json(), 1);
    // Less than the handler's margin.
    let output = run(&debug().probe, &["act_in_time", "--deadline=400ms"], r#"{"act":"panic"}"#).await;
    assert_eq!(output.json()["errorType"], "DeadlineExceeded");
    assert_eq!(output.code, Some(1));
}

#[tokio::test]
async fn the_manifest_is_json() {
    let output = run(&debug().orders, &["manifest"], "").await;
    assert_eq!(output.code, Some(0));
    let manifest = output.json();
    assert_eq!(manifest["version"], 1);
    let expected = json!([{
        "name": "fulfil",
        "package": "orders",
        "trigger": { "source": "sqs", "settings": { "queue": "orders", "batch_size": 10 } },
        "concurrency": 8,
        "timeout": 30,
        "memory": 256,
        "deadline_margin_ms": 5000,
        "report_batch_item_failures": true,
        "init": ["stock"],
    }]);
    assert_eq!(manifest["functions"], expected);

    let manifest = run(&debug().probe, &["manifest"], "").await.json();
    let functions = manifest["functions"].as_array().unwrap();
    let both = functions.iter().find(|function| function["name"] == "needs_both").unwrap();
    assert_eq!(both["init"], json!(["left", "right", "both"]));
}

#[tokio::test]
async fn help_lists_the_handlers() {
    for argument in ["--help", "-h", "help"] {
        let output = run(&debug().probe, &[argument], "").await;
        assert_eq!(output.code, Some(0));
        for part in ["Usage", "manifest", "  echo  (invoke)", "  act_on_each  (sqs)"] {
            assert!(output.stdout.contains(part), "{part} is not in {}", output.stdout);
        }
    }
}

#[tokio::test]
async fn mistakes_on_the_command_line_are_explained() {
    let mistakes: [(&[&str], &str); 4] = [
        (&["no_such"], "there is no handler `no_such`"),
        (&["--loud"], "unknown option `--loud`"),
        (&["echo", "no-such-file.json"], "`no-such-file.json`"),
        (&["echo", "--deadline", "soon"], "`--deadline soon`"),
    ];
    for (arguments, expected) in mistakes {
        let output = run(&debug().probe, arguments, "null").await;
        assert_eq!(output.code, Some(1), "{arguments:?}");
        assert!(output.stderr.contains(expected), "{expected} is not in {}", output.stderr);
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
}

#[tokio::test]
async fn a_release_build_refuses_and_says_why() {
    let output = run(&release().orders, &["fulfil"], "{}").await;
    assert_eq!(output.code, Some(1));
    assert_eq!(output.stdout, "");
    for part in ["AWS_LAMBDA_RUNTIME_API", "`local`"] {
        assert!(output.stderr.contains(part), "{part} is not in {}", output.stderr);
    }
}
