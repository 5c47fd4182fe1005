//! Each source by the example that serves it: what the real binary answers to the example's own events.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs::read_to_string;

use lambkin_e2e::binaries::{debug, example_event};
use lambkin_e2e::tool::{Output, run};
use lambkin_e2e::{Event, Lambda, Setup, structured};
use serde_json::{Value, json};

/// An example, by its name.
#[derive(Clone, Copy)]
struct Example(&'static str);

const READINGS: Example = Example("readings");
const CLICKS: Example = Example("clicks");
const NOTICES: Example = Example("notices");
const SIGNUP: Example = Example("signup");
const WAREHOUSE: Example = Example("warehouse");

impl Example {
    /// Its local tool on one of its events.
    async fn tool(self, handler: &str, event: &str) -> Output {
        let file = example_event(self.0, event);
        run(&debug().example(self.0), &[handler, file.to_str().unwrap()], "").await
    }

    /// Its local tool on another event.
    async fn tool_on(self, handler: &str, event: &Value) -> Output {
        run(&debug().example(self.0), &[handler, "-"], &event.to_string()).await
    }

    /// One of its events, to be changed.
    fn event(self, event: &str) -> Value {
        serde_json::from_str(&read_to_string(example_event(self.0, event)).unwrap()).unwrap()
    }

    /// One of its events, as it is.
    fn raw_event(self, event: &str) -> Event {
        Event::raw(read_to_string(example_event(self.0, event)).unwrap())
    }

    /// Its handler on Lambda.
    async fn lambda(self, handler: &str) -> Lambda {
        Setup::new(&debug().example(self.0)).handler(handler).start().await
    }

    /// What its manifest says about each function.
    async fn manifest(self) -> Value {
        run(&debug().example(self.0), &["manifest"], "").await.response()
    }
}

/// The response that names these records.
fn failures<I: Into<Value>>(identifiers: impl IntoIterator<Item = I>) -> Value {
    let identifiers = identifiers.into_iter().map(|identifier| json!({ "itemIdentifier": identifier.into() }));
    json!({ "batchItemFailures": identifiers.collect::<Vec<_>>() })
}

/// The response of a window.
fn window(state: &Value, failures: &[&str]) -> Value {
    let mut response = self::failures(failures.iter().copied());
    response["state"] = state.clone();
    response
}

fn none() -> [&'static str; 0] {
    []
}

#[tokio::test]
async fn kinesis_reports_the_checkpoint() {
    let output = READINGS.tool("store", "one-bad").await;
    assert_eq!(output.response(), failures(["496600000002"]));
    assert!(output.stderr.contains("record=496600000002"), "{}", output.stderr);

    let mut event = READINGS.event("one-bad");
    event["Records"].as_array_mut().unwrap().remove(1);
    assert_eq!(READINGS.tool_on("store", &event).await.response(), failures(none()));
}

#[tokio::test]
async fn kinesis_of_which_nothing_succeeds_is_an_error() {
    let mut event = READINGS.event("one-bad");
    for record in event["Records"].as_array_mut().unwrap() {
        // Not JSON.
        record["kinesis"]["data"] = json!("aGk=");
    }
    let error = READINGS.tool_on("store", &event).await.error();
    assert_eq!(error["errorType"], "BatchFailed");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(message.starts_with("1 of 3 records failed and 2 are left; the first: Malformed"), "{message}");
}

#[tokio::test]
async fn a_window_hands_its_state_on() {
    let attic = |count: u32, sum: f64| json!({ "count": count, "sum": sum });
    let output = READINGS.tool("average", "window").await;
    let whole = json!({ "attic": attic(3, 60.5), "cellar": { "count": 1, "sum": 12.0 } });
    assert_eq!(output.response(), window(&whole, &[]));
    assert!(!output.stderr.contains("published"), "{}", output.stderr);

    // The first invocation of a window has a state of nothing.
    let mut first = READINGS.event("window");
    first["state"] = json!({});
    let state = json!({ "attic": attic(2, 41.5), "cellar": { "count": 1, "sum": 12.0 } });
    assert_eq!(READINGS.tool_on("average", &first).await.response(), window(&state, &[]));

    // What a record that fails, and those behind it, would have added is not in the state.
    let mut bad = READINGS.event("window");
    bad["Records"][1]["kinesis"]["data"] = json!("aGk=");
    let state = json!({ "attic": attic(2, 39.5) });
    assert_eq!(READINGS.tool_on("average", &bad).await.response(), window(&state, &["496600000012"]));
}

#[tokio::test]
async fn the_end_of_a_window_is_published_once_all_of_it_is_done() {
    let output = READINGS.tool("average", "window-end").await;
    let state = READINGS.event("window-end")["state"].clone();
    assert_eq!(output.response(), window(&state, &[]));
    for line in ["published shard=shardId-000000000000 line=attic: 20.2 °C", "line=cellar: 12.0 °C"] {
        assert!(output.stderr.contains(line), "{line} is not in {}", output.stderr);
    }

    // The last invocation may hold records: they count.
    let mut last = READINGS.event("window");
    last["isFinalInvokeForWindow"] = json!(true);
    let output = READINGS.tool_on("average", &last).await;
    assert_eq!(output.response(), window(&state, &[]));
    assert!(output.stderr.contains("line=attic: 20.2 °C"), "{}", output.stderr);

    // One that fails comes again, and the end with it.
    last["Records"][3]["kinesis"]["data"] = json!("aGk=");
    let output = READINGS.tool_on("average", &last).await;
    assert_eq!(output.response(), window(&state, &["496600000014"]));
    assert!(!output.stderr.contains("published"), "{}", output.stderr);
}

#[tokio::test]
async fn a_state_that_does_not_decode_fails_the_end_of_its_window() {
    let mut last = READINGS.event("window-end");
    last["state"] = json!({ "attic": "warm" });
    let error = READINGS.tool_on("average", &last).await.error();
    assert_eq!(error["errorType"], "InvalidState");
    assert!(!error["errorMessage"].as_str().unwrap().contains("warm"), "{error}");
}

#[tokio::test]
async fn dynamodb_reports_the_checkpoint() {
    assert_eq!(READINGS.tool("mirror", "sensors").await.response(), failures(none()));
    let output = READINGS.tool("mirror", "sensors-one-bad").await;
    assert_eq!(output.response(), failures(["100000000202"]));
    assert!(output.stderr.contains("missing field `place`"), "{}", output.stderr);
}

#[tokio::test]
async fn kafka_reports_the_rest_of_a_partition() {
    let output = CLICKS.tool("follow", "clicks").await;
    let record = |offset: i64| json!({ "partition": "clicks-1", "offset": offset });
    assert_eq!(output.response(), failures([record(71), record(72)]));
    for line in ["the shop has no page /coffee", "forgotten record=clicks-2/6"] {
        assert!(output.stderr.contains(line), "{line} is not in {}", output.stderr);
    }
}

#[tokio::test]
async fn a_whole_batch_reports_its_rows() {
    let output = WAREHOUSE.tool("load", "batch").await;
    let id = |n: u32| format!("4b1f0b60-1111-4b43-9a8f-00000000000{n}");
    // Locked, and no order. The rule that the third breaks is permanent, and the fifth is the first once more.
    assert_eq!(output.response(), failures([id(2), id(4)]));
    assert!(output.stderr.contains("discarded: permanent failure: an order has a total"), "{}", output.stderr);
    assert!(output.stderr.contains("loaded orders=5"), "{}", output.stderr);
}

#[tokio::test]
async fn notifications_are_answered_with_null() {
    let events = [
        ("alarm", "alarm", "line=orders-failing is ALARM"),
        ("thumbnail", "uploads", "line=thumbnails/crème & tea.jpg"),
        ("shipment", "shipped", "line=Order shipped: o-7"),
        ("good_morning", "morning", "line=good morning"),
        ("sweep", "sweep", "line=swept what is older than 30 days"),
        ("error_line", "logs", "line=/aws/lambda/orders: no \"tea\""),
        ("ticket", "tickets", "line=more tea"),
        ("hot_oven", "oven", "line=oven-7 has 312.5 °C"),
    ];
    for (handler, event, line) in events {
        let output = NOTICES.tool(handler, event).await;
        assert_eq!((output.code, output.stdout.as_str()), (Some(0), "null\n"), "{handler}");
        assert!(output.stderr.contains(line), "{line} is not in {}", output.stderr);
    }
}

#[tokio::test]
async fn s3_asks_whether_anybody_is_there() {
    let output = NOTICES.tool("thumbnail", "s3-test-event").await;
    assert_eq!(output.response(), Value::Null);
    assert!(!output.stderr.contains("posted"), "{}", output.stderr);
}

#[tokio::test]
async fn a_notification_that_fails_is_an_error() {
    // The only record's error is the invocation's.
    let error = NOTICES.tool("alarm", "not-an-alarm").await.error();
    assert_eq!(error["errorType"], "MalformedPayload");
    assert!(error["errorMessage"].as_str().unwrap().starts_with("the payload is not JSON: "), "{error}");

    // Of several, all have their turn.
    let output = NOTICES.tool("thumbnail", "upload-too-large").await;
    let message = "1 of 2 records failed; the first: notices::TooLarge: whole wall.jpg is too large for a thumbnail";
    assert_eq!(output.error(), json!({ "errorType": "BatchFailed", "errorMessage": message }));
    assert!(output.stderr.contains("line=thumbnails/red flower.jpg"), "{}", output.stderr);
    let mut event = NOTICES.event("upload-too-large");
    event["Records"].as_array_mut().unwrap().remove(0);
    let message = "whole wall.jpg is too large for a thumbnail";
    let expected = json!({ "errorType": "notices::TooLarge", "errorMessage": message });
    assert_eq!(NOTICES.tool_on("thumbnail", &event).await.error(), expected);

    // Of a type, and from a source, that the attribute does not speak of.
    let mut foreign = NOTICES.event("shipped");
    foreign["source"] = json!("com.example.bakery");
    let outputs = [
        (NOTICES.tool("shipment", "paid").await, "the event's `detail-type` is not `Order shipped` or `Order lost`"),
        (NOTICES.tool_on("shipment", &foreign).await, "the event's `source` is not `com.example.shop`"),
    ];
    for (output, expected) in outputs {
        let error = output.error();
        assert_eq!(error["errorType"], "InvalidEvent");
        assert!(error["errorMessage"].as_str().unwrap().starts_with(expected), "{error}");
        assert!(!output.stderr.contains("posted"), "{}", output.stderr);
    }
}

#[tokio::test]
async fn ses_is_told_what_to_do_with_a_mail() {
    assert_eq!(NOTICES.tool("screen", "spam").await.response(), json!({ "disposition": "STOP_RULE" }));
    let output = NOTICES.tool("screen", "mail").await;
    assert_eq!(output.response(), json!({ "disposition": "CONTINUE" }));
    assert!(output.stderr.contains("line=mail: Where is my tea?"), "{}", output.stderr);
}

#[tokio::test]
async fn any_event_is_answered_with_what_the_handler_returns() {
    let mut expected = SIGNUP.event("pre-sign-up");
    expected["response"] = json!({ "autoConfirmUser": true, "autoVerifyEmail": true, "autoVerifyPhone": false });
    assert_eq!(SIGNUP.tool("pre_sign_up", "pre-sign-up").await.response(), expected);

    let error = SIGNUP.tool("pre_sign_up", "blocked").await.error();
    let message = "addresses at example.net can't sign up";
    assert_eq!(error, json!({ "errorType": "signup::Refused", "errorMessage": message }));

    // The type of aws_lambda_events adds a field that it knows of.
    let mut expected = SIGNUP.event("post-confirmation");
    expected["request"]["clientMetadata"] = json!({});
    assert_eq!(SIGNUP.tool("post_confirmation", "post-confirmation").await.response(), expected);
}

#[tokio::test]
async fn an_event_of_another_source_is_refused() {
    let mistakes = [
        (READINGS.tool("store", "sensors").await, "`Records[0]` comes from `aws:dynamodb`"),
        (READINGS.tool("mirror", "one-bad").await, "`Records[0]` comes from `aws:kinesis`"),
        (NOTICES.tool("screen", "uploads").await, "`Records[0]` comes from `aws:s3`"),
        (NOTICES.tool("error_line", "oven").await, "the event is not a CloudWatch Logs event"),
    ];
    for (output, expected) in mistakes {
        let error = output.error();
        assert_eq!(error["errorType"], "InvalidEvent");
        assert!(error["errorMessage"].as_str().unwrap().starts_with(expected), "{error}");
    }
}

#[tokio::test]
async fn a_stream_on_lambda() {
    let mut lambda = READINGS.lambda("average").await;
    let state = json!({ "attic": { "count": 3, "sum": 60.5 }, "cellar": { "count": 1, "sum": 12.0 } });
    assert_eq!(lambda.serve(READINGS.raw_event("window")).await.response(), window(&state, &[]));

    // With nothing done there is nothing to report: the window goes on from the state that it had.
    let mut bad = READINGS.event("window");
    bad["Records"][0]["kinesis"]["data"] = json!("aGk=");
    assert_eq!(lambda.invoke(bad).await.error()["errorType"], "BatchFailed");

    let mut bad = READINGS.event("window");
    bad["Records"][1]["kinesis"]["data"] = json!("aGk=");
    let first = json!({ "attic": { "count": 2, "sum": 39.5 } });
    assert_eq!(lambda.invoke(bad).await.response(), window(&first, &["496600000012"]));

    assert_eq!(lambda.serve(READINGS.raw_event("window-end")).await.response(), window(&state, &[]));
    let published = structured(&lambda.process.line(|line| line.contains("cellar: 12.0 °C")).await);
    assert_eq!(published["message"], "published");
}

#[tokio::test]
async fn a_notification_on_lambda() {
    let mut lambda = NOTICES.lambda("thumbnail").await;
    assert_eq!(lambda.serve(NOTICES.raw_event("uploads")).await.response(), Value::Null);

    let failed = lambda.serve(NOTICES.raw_event("upload-too-large")).await;
    assert_eq!(failed.error()["errorType"], "BatchFailed");
    assert_eq!(failed.header("lambda-runtime-function-error-type"), "BatchFailed");

    // An invocation that failed is not the end of the environment.
    assert_eq!(lambda.serve(NOTICES.raw_event("uploads")).await.response(), Value::Null);
}

#[tokio::test]
async fn the_manifest_says_what_the_streams_need() {
    let function = |name: &str, trigger: Value, init: &str| json!({ "name": name, "package": "readings", "trigger": trigger, "report_batch_item_failures": true, "init": [init] });
    let average = json!({
        "source": "kinesis",
        "settings": { "stream": "readings", "starting_position": "LATEST", "tumbling_window": 60 },
    });
    let store = json!({
        "source": "kinesis",
        "settings": {
            "stream": "readings", "starting_position": "TRIM_HORIZON", "batch_size": 500, "maximum_retry_attempts": 5,
            "filters": [r#"{"data":{"celsius":[{"exists":true}]}}"#],
        },
    });
    let mirror = json!({
        "source": "dynamodb",
        "settings": { "table": "sensors", "view": "NEW_AND_OLD_IMAGES", "starting_position": "TRIM_HORIZON" },
    });
    let mut store = function("store", store, "archive");
    store["concurrency"] = json!(8);
    let functions = [function("average", average, "board"), store, function("mirror", mirror, "search_index")];
    assert_eq!(READINGS.manifest().await, json!({ "version": 1, "functions": functions }));
}

#[tokio::test]
async fn the_manifest_says_what_the_notifications_need() {
    let function = |name: &str, trigger: Value| {
        json!({
            "name": name, "package": "notices", "trigger": trigger, "report_batch_item_failures": false,
            "init": ["chat"],
        })
    };
    let mut thumbnail = function(
        "thumbnail",
        json!({
            "source": "s3",
            "settings": { "bucket": "uploads", "events": ["s3:ObjectCreated:*"], "suffix": ".jpg" },
        }),
    );
    thumbnail["concurrency"] = json!(4);
    thumbnail["memory"] = json!(1024);
    let shipment = json!({
        "source": "eventbridge",
        "settings": {
            "bus": "shop", "source": ["com.example.shop"], "detail_type": ["Order shipped", "Order lost"],
        },
    });
    let morning = json!({
        "source": "schedule",
        "settings": { "expression": "cron(0 6 ? * MON-FRI *)", "timezone": "Europe/Berlin" },
    });
    let oven = "SELECT celsius, topic(2) AS oven FROM 'ovens/+' WHERE celsius > 300";
    let functions = [
        function("alarm", json!({ "source": "sns", "settings": { "topic": "alarms" } })),
        thumbnail,
        function("shipment", shipment),
        function("good_morning", morning),
        function("sweep", json!({ "source": "schedule", "settings": { "expression": "rate(12 hours)" } })),
        function(
            "error_line",
            json!({
                "source": "cloudwatch_logs",
                "settings": { "log_group": "/aws/lambda/orders", "filter": "ERROR" },
            }),
        ),
        function("screen", json!({ "source": "ses", "settings": { "recipients": ["help@example.com"] } })),
        function("ticket", json!({ "source": "activemq", "settings": { "queue": "tickets", "batch_size": 10 } })),
        function("hot_oven", json!({ "source": "iot", "settings": { "sql": oven } })),
    ];
    assert_eq!(NOTICES.manifest().await, json!({ "version": 1, "functions": functions }));
}
