//! The feature `logs`: what a line says, which lines there are, and what is warned about.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use lambkin_e2e::binaries::built;
use lambkin_e2e::{Event, Lambda, Setup, sqs, structured, tool};
use serde_json::{Value, json};

fn talker() -> &'static Path {
    static TALKER: OnceLock<PathBuf> = OnceLock::new();
    TALKER.get_or_init(|| built(&["-p", "talker"], "talker"))
}

fn setup(handler: &str) -> Setup {
    Setup::new(talker()).handler(handler)
}

/// All lines of the process, which is killed.
async fn lines(mut lambda: Lambda) -> Vec<Value> {
    lambda.process.kill().await.iter().map(|line| structured(line)).collect()
}

fn with_message<'l>(lines: &'l [Value], message: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["message"] == message).collect()
}

/// The only line whose message begins like this.
fn the<'l>(lines: &'l [Value], start: &str) -> &'l Value {
    let found: Vec<_> = lines.iter().filter(|line| line["message"].as_str().unwrap().starts_with(start)).collect();
    assert_eq!(found.len(), 1, "{start}: {lines:#?}");
    found[0]
}

fn messages(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["message"].as_str().unwrap()).collect()
}

/// An order for each of these, which fails if it is to.
fn orders(records: &[(&str, bool)]) -> Value {
    sqs(records.iter().map(|(id, fails)| (*id, json!({ "id": format!("order-{id}"), "fails": fails }))))
}

#[tokio::test]
async fn a_line_says_which_invocation_and_which_record_it_belongs_to() {
    let mut lambda = setup("fulfil").start().await;
    let mut event = orders(&[("m1", false), ("m2", true)]);
    event["Records"][0]["messageAttributes"] = json!({
        "traceparent": {"stringValue": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "dataType": "String"},
        "correlationId": {"stringValue": "cart-7", "dataType": "String"},
    });
    event["Records"][1]["attributes"]["AWSTraceHeader"] =
        json!("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
    let first = Event::new(&event);
    let (request, root) = (first.request_id.clone(), first.trace_id.clone());
    lambda.serve(first).await;
    lambda.serve(Event::new(&orders(&[("m3", false)]))).await;
    let lines = lines(lambda).await;

    // A record's own line: the fields of the event, its record's, its invocation's, the function's; all at the top.
    let taken = with_message(&lines, "taken\nin");
    assert_eq!(taken.len(), 3, "{lines:#?}");
    let mut line = taken.iter().find(|line| line["record"] == "m1").copied().unwrap().clone();
    let timestamp = line["timestamp"].take();
    let timestamp = timestamp.as_str().unwrap();
    assert!(timestamp.len() == 24 && timestamp.ends_with('Z') && timestamp.as_bytes()[10] == b'T', "{timestamp}");
    let root = root.split(';').next().unwrap().trim_start_matches("Root=");
    let expected = json!({
        "timestamp": null, "level": "INFO", "message": "taken\nin",
        "order.id": "order-m1", "level_": "mine", "total": 2.5, "is_late": false,
        "record": "m1", "correlationId": "cart-7", "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "requestId": request, "handler": "fulfil", "coldStart": true, "xrayTraceId": root,
        "functionName": "function", "functionVersion": "$LATEST", "target": "talker",
    });
    assert_eq!(line, expected);

    // What lambkin says about the record.
    let failed = the(&lines, "failed: out of stock");
    assert_eq!((&failed["record"], &failed["level"]), (&json!("m2"), &json!("ERROR")));
    assert_eq!(failed["traceId"], "1-5759e988-bd862e3fe1be46a994272793");
    assert_eq!((&failed["requestId"], &failed["handler"]), (&json!(request), &json!("fulfil")));

    // The second invocation is another one, and no cold start.
    let second = taken.iter().find(|line| line["record"] == "m3").unwrap();
    assert_eq!(second["coldStart"], false);
    assert_ne!(second["requestId"], json!(request));
    assert!(second.get("correlationId").is_none() && second.get("traceId").is_none(), "{second}");

    // Before the first invocation there is none to name.
    let morning = the(&lines, "good morning");
    assert!(morning.get("requestId").is_none());
    assert_eq!(morning["functionName"], "function");
}

#[tokio::test]
async fn a_request_is_known_by_its_route_and_its_number() {
    let mut lambda = setup("api").start().await;
    let request = |headers: Value| {
        json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/orders/7", "rawQueryString": "", "headers": headers,
            "requestContext": {"http": {"method": "GET", "path": "/orders/7"}, "requestId": "gateway-1", "stage": "$default",
                "domainName": "id.execute-api.us-east-2.amazonaws.com"},
            "isBase64Encoded": false,
        })
    };
    lambda.invoke(request(json!({}))).await;
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    lambda.invoke(request(json!({"traceparent": traceparent, "X-Correlation-Id": "checkout-3"}))).await;
    let lines = lines(lambda).await;
    let shown = with_message(&lines, "shown");
    let [plain, traced] = shown.as_slice() else { panic!("{lines:#?}") };
    assert_eq!(
        (&plain["correlationId"], &plain["route"], &plain["id"]),
        (&json!("gateway-1"), &json!("show"), &json!(7))
    );
    assert_eq!(traced["correlationId"], "checkout-3");
    assert_eq!(traced["traceId"], "0af7651916cd43dd8448eb211c80319c");
}

#[tokio::test]
async fn at_once_each_line_has_its_own_invocation() {
    let mut lambda = setup("fulfil").with("AWS_LAMBDA_MAX_CONCURRENCY", "4").with("RUST_LOG", "debug").start().await;
    let mut expected = HashMap::new();
    for number in 0..8 {
        let id = format!("m{number}");
        let event = Event::new(&orders(&[(&id, number % 2 == 0)]));
        expected.insert(id, event.request_id.clone());
        lambda.api.queue(event);
    }
    for _ in 0..8 {
        lambda.api.posted().await;
    }
    let lines = lines(lambda).await;
    let of_records: Vec<_> = lines.iter().filter(|line| line["record"].is_string()).collect();
    // Looking, looked, taken in; and that every other one failed.
    assert_eq!(of_records.len(), 8 * 3 + 4);
    for line in of_records {
        assert_eq!(line["requestId"], json!(expected[line["record"].as_str().unwrap()]), "{line}");
    }
}

#[tokio::test]
async fn text_is_for_people() {
    let mut lambda = setup("fulfil").with("AWS_LAMBDA_LOG_FORMAT", "Text").start().await;
    let event = Event::new(&orders(&[("m\u{1b}[1", true)]));
    let request = event.request_id.clone();
    lambda.serve(event).await;
    let lines = lambda.process.kill().await;
    let taken = lines.iter().find(|line| line.contains("taken in")).unwrap();
    let expected = format!(
        "  INFO taken in order.id=order-m [1 level=mine total=2.5 is_late=false record=m [1 requestId={request}"
    );
    assert_eq!(taken.get(24..), Some(expected.as_str()));
    assert!(lines.iter().all(|line| !line.contains('\u{1b}')), "{lines:#?}");

    // Locally there is one request, and no Lambda to name.
    let event = orders(&[("m1", false)]).to_string();
    let output = tool::run(talker(), &["fulfil"], &event).await;
    let taken = output.stderr.lines().find(|line| line.contains("taken in")).unwrap();
    let expected = "  INFO taken in order.id=order-m1 level=mine total=2.5 is_late=false record=m1";
    assert_eq!(taken.get(24..), Some(expected));
}

/// The lines that `work` writes when it speaks on every level.
async fn spoken(setup: Setup) -> Vec<Value> {
    let mut lambda = setup.start().await;
    lambda.invoke(json!("Speak")).await.response();
    lines(lambda).await
}

#[tokio::test]
async fn rust_log_goes_before_lambdas_level() {
    for (variables, expected) in [
        (&[][..], &["warn", "error", "by log"][..]),
        (&[("AWS_LAMBDA_LOG_LEVEL", "ERROR")], &["error"]),
        (&[("AWS_LAMBDA_LOG_LEVEL", "FATAL")], &["error"]),
        (
            &[("AWS_LAMBDA_LOG_LEVEL", "DEBUG")],
            &["at work", "warn", "error", "by log", "details by log", "after the error"],
        ),
        (
            &[("AWS_LAMBDA_LOG_LEVEL", "TRACE")],
            &["at work", "trace", "warn", "error", "by log", "details by log", "after the error"],
        ),
        (&[("AWS_LAMBDA_LOG_LEVEL", "DEBUG"), ("RUST_LOG", "error")], &["error"]),
        (
            &[("AWS_LAMBDA_LOG_LEVEL", "ERROR"), ("RUST_LOG", "talker=debug")],
            &["at work", "warn", "error", "by log", "details by log", "after the error"],
        ),
        (&[("AWS_LAMBDA_LOG_LEVEL", "DEBUG"), ("RUST_LOG", "talker=error")], &["error"]),
        (&[("RUST_LOG", "off,talker=warn")], &["warn", "error"]),
        (&[("RUST_LOG", "off")], &[]),
    ] {
        let setup = variables.iter().fold(setup("work"), |setup, (name, value)| setup.with(name, value));
        let lines = spoken(setup).await;
        let own: Vec<_> = lines.iter().filter(|line| line["target"] == "talker").cloned().collect();
        assert_eq!(messages(&own), expected, "{variables:?}");
        // Whatever its level, a line knows its invocation.
        assert!(own.iter().all(|line| line["requestId"].is_string()), "{own:#?}");
    }
}

#[tokio::test]
async fn lines_of_the_crate_log_are_lines_as_well() {
    let lines =
        spoken(setup("work").with("LAMBKIN_LOG_BUFFER", "64KB").with("RUST_LOG", "talker=info,lambkin=info")).await;
    let mut line = the(&lines, "by log").clone();
    assert_eq!((&line["level"], &line["target"], &line["handler"]), (&json!("INFO"), &json!("talker"), &json!("work")));
    let names: Vec<_> = line.as_object_mut().unwrap().keys().filter(|name| name.starts_with("log.")).collect();
    assert!(names.is_empty(), "{names:?}");
    assert!(with_message(&lines, "details by log").is_empty());
    let quiet = spoken(setup("work").with("RUST_LOG", "warn")).await;
    assert!(with_message(&quiet, "by log").is_empty());
}

#[tokio::test]
async fn a_sample_is_told_in_detail() {
    let detailed = |lines: &[Value]| with_message(lines, "at work").len();
    let sampled = spoken(setup("work").with("LAMBKIN_LOG_SAMPLE", "1")).await;
    // Nothing of the network, and no trace.
    assert!(
        sampled.iter().all(|line| line["level"] != "TRACE" && !line["target"].as_str().unwrap().starts_with("hyper"))
    );
    assert_eq!(messages(&sampled).iter().filter(|message| **message == "after the error").count(), 1);
    assert_eq!(detailed(&sampled), 1);
    assert_eq!(detailed(&spoken(setup("work").with("LAMBKIN_LOG_SAMPLE", "0")).await), 0);
    let other = setup("work").with("LAMBKIN_LOG_SAMPLE", "1").with("LAMBKIN_LOG_DETAIL", "somebody=debug");
    assert_eq!(detailed(&spoken(other).await), 0);
    let trace = setup("work").with("LAMBKIN_LOG_SAMPLE", "1").with("LAMBKIN_LOG_DETAIL", "talker=trace");
    assert_eq!(with_message(&spoken(trace).await, "trace").len(), 1);

    let wrong = spoken(setup("work").with("LAMBKIN_LOG_SAMPLE", "5%")).await;
    assert_eq!(the(&wrong, "`LAMBKIN_LOG_SAMPLE` is `5%`")["level"], "WARN");
    // Lambda would take them away again.
    let quiet = setup("work").with("LAMBKIN_LOG_SAMPLE", "1").with("AWS_LAMBDA_LOG_LEVEL", "INFO");
    assert_eq!(the(&spoken(quiet).await, "Lambda drops the lines of detail")["level"], "WARN");
}

#[tokio::test]
async fn details_are_kept_for_what_fails() {
    let mut lambda = setup("fulfil").with("LAMBKIN_LOG_BUFFER", "64KB").start().await;
    lambda.invoke(orders(&[("m1", false)])).await;
    lambda.invoke(orders(&[("m2", false), ("m3", true), ("m4", false)])).await;
    let lines = lines(lambda).await;
    let detailed: Vec<_> = lines.iter().filter(|line| line["level"] == "DEBUG").collect();
    // Those of the record that failed, once, before its failure.
    assert_eq!(detailed.len(), 2, "{lines:#?}");
    assert!(detailed.iter().all(|line| line["record"] == "m3" && line["shelf"] == 7), "{detailed:#?}");
    let place = |message: &str| lines.iter().position(|line| line["message"] == message).unwrap();
    assert!(place("looking") < place("looked") && place("looked") < place("failed: out of stock"));
}

#[tokio::test]
async fn details_are_kept_for_invocations_that_fail_or_run_out_of_time() {
    let mut lambda = setup("work").with("LAMBKIN_LOG_BUFFER", "64KB").start().await;
    lambda.invoke(json!({"Answer": 1})).await.response();
    lambda.invoke(json!("Panic")).await.error();
    // What runs into the timeout says so before, while it still runs.
    let event = Event::new(&json!("Wait")).with_left(Duration::from_secs(2));
    let request = event.request_id.clone();
    lambda.api.queue(event);
    let is_detail = |line: &str| line.contains("at work") && line.contains(&request);
    lambda.process.line(is_detail).await;
    let lines = lines(lambda).await;
    assert_eq!(with_message(&lines, "at work").len(), 2, "{lines:#?}");
    let near = the(&lines, "`work` is still running with ");
    assert_eq!((&near["level"], &near["error_type"]), (&json!("WARN"), &json!("NearTimeout")));
    assert_eq!(near["requestId"], json!(request));
}

#[tokio::test]
async fn what_does_not_fit_is_counted() {
    let lines = spoken(setup("work").with("LAMBKIN_LOG_BUFFER", "100")).await;
    let dropped = the(&lines, "1 earlier lines of detail did not fit");
    assert!(dropped["requestId"].is_string(), "{dropped}");
    assert!(with_message(&lines, "at work").is_empty());
    let wrong = spoken(setup("work").with("LAMBKIN_LOG_BUFFER", "much")).await;
    assert_eq!(the(&wrong, "`LAMBKIN_LOG_BUFFER` is `much`")["level"], "WARN");
}

#[tokio::test]
async fn a_payload_is_in_no_line() {
    let mut lambda = setup("fulfil").with("RUST_LOG", "debug").with("LAMBKIN_LOG_BUFFER", "1MB").start().await;
    let mut event = orders(&[("m1", true)]);
    // One that does not decode, and one that is no JSON.
    event["Records"][0]["body"] = json!(r#"{"id": 7, "fails": "hunter2"}"#);
    lambda.invoke(event.clone()).await;
    event["Records"][0]["body"] = json!("hunter2");
    lambda.invoke(event).await;
    lambda.serve(Event::raw("hunter2")).await;
    let lines = lambda.process.kill().await;
    assert!(lines.iter().any(|line| line.contains("requestId")), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains("hunter2")), "{lines:#?}");
}

#[tokio::test]
async fn a_subscriber_of_ones_own_is_left_alone() {
    let mut lambda = setup("count").start().await;
    lambda.invoke(json!("four")).await.response();
    let lines = lambda.process.kill().await;
    assert_eq!(lines.iter().filter(|line| *line == "counted").count(), 1, "{lines:#?}");
    let counting: Vec<_> = lines.iter().filter(|line| line.contains("counting")).collect();
    assert_eq!(counting.len(), 1, "{lines:#?}");
    assert_eq!(structured(counting[0])["handler"], "count");
}

#[tokio::test]
async fn the_start_is_one_line() {
    let mut lambda = setup("fulfil").start().await;
    lambda.invoke(orders(&[("m1", false)])).await;
    let lines = lines(lambda).await;
    let ready = the(&lines, "ready for the first event after ");
    assert_eq!(ready["level"], "INFO");
    assert!(ready["initMs"].as_f64().is_some_and(|ms| ms > 0.0), "{ready}");
    assert!(ready["beforeMainMs"].as_f64().is_some_and(|ms| ms >= 0.0), "{ready}");
    let message = ready["message"].as_str().unwrap();
    let (_, inits) = message.split_once(" ms: ").unwrap();
    let took = inits.strip_prefix("greeting ").and_then(|rest| rest.strip_suffix(" ms")).unwrap();
    assert!(took.parse::<f64>().is_ok(), "{message}");
}

#[tokio::test]
async fn limits_are_warned_of_once() {
    let mut lambda = setup("work").start().await;
    lambda.invoke(json!({"Answer": 5_000_000})).await.response();
    for _ in 0..2 {
        lambda.invoke(json!({"Answer": 5_100_000})).await.response();
    }
    for _ in 0..2 {
        lambda.invoke(json!({"Hold": 235})).await.response();
    }
    let lines = lines(lambda).await;
    let response = the(&lines, "the response has 5100002 bytes");
    assert_eq!((&response["level"], &response["error_type"]), (&json!("WARN"), &json!("NearResponseLimit")));
    assert!(response["requestId"].is_string() && response["coldStart"].is_boolean(), "{response}");
    let memory = the(&lines, "the process has used ");
    assert_eq!((&memory["level"], &memory["error_type"]), (&json!("WARN"), &json!("NearMemoryLimit")));
}

#[tokio::test]
async fn a_slow_init_is_warned_of_while_it_runs() {
    let mut lambda = setup("dream").start().await;
    let line = lambda.process.line(|line| line.contains("the init phase has taken 8 s")).await;
    let line = structured(&line);
    assert_eq!((&line["level"], &line["error_type"]), (&json!("WARN"), &json!("SlowInit")));
    assert!(line["message"].as_str().unwrap().ends_with("still running: sleep"), "{line}");
    assert_eq!(lambda.invoke(json!(null)).await.response(), "of sheep");
    // Ahead of time there is enough of it.
    let mut lambda = setup("dream").with("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency").start().await;
    lambda.invoke(json!(null)).await.response();
    assert!(lambda.process.lines().iter().all(|line| !line.contains("init phase")));
}
