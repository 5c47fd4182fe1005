//! Traces: what is at the collector before the answer is at Lambda.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use http::StatusCode;
use lambkin_e2e::{Collector, Event, Exported, Lambda, Setup, Span, binaries, sqs, structured, tool};
use serde_json::{Value, json};

/// What no trace and no line about exporting may hold: the payloads' secret, and the collector's.
const SECRETS: [&str; 2] = ["sesame", "bearer-of-tokens"];

/// The trace and the span in what [`Event`] says in X-Ray's words.
const LAMBDA_PARENT: &str = "9a9197af755a6419";

fn traced() -> &'static Path {
    static BINARY: OnceLock<std::path::PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| binaries::built(&["-p", "traced"], "traced"))
}

fn setup(handler: &str, collector: &Collector) -> Setup {
    Setup::new(traced())
        .handler(handler)
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.endpoint())
        .with("OTEL_EXPORTER_OTLP_HEADERS", "authorization=bearer-of-tokens")
}

async fn start(handler: &str) -> (Lambda, Collector) {
    let collector = Collector::start().await;
    (setup(handler, &collector).start().await, collector)
}

/// The export that was there when its invocation was answered.
fn exported(collector: &mut Collector) -> Exported {
    let exported = collector.exported_already().expect("answered before the export");
    assert!(collector.exported_already().is_none(), "exported in parts");
    let text = format!("{:?} {:?}", exported.spans, exported.resource);
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
        let is_in_body = exported.body.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!is_in_body, "{secret}");
    }
    assert!(exported.spans.iter().all(|span| span.events == 0), "{text}");
    exported
}

fn attributes(span: &Span) -> Value {
    json!(span.attributes)
}

fn lambdas_trace(event: &Event) -> String {
    let root = event.trace_id.split(';').next().unwrap();
    root.trim_start_matches("Root=1-").replace('-', "")
}

fn message(id: &str, order: &str, more: Value) -> Value {
    let mut event = sqs([(id, json!({ "id": order, "secret": "sesame" }))]);
    for (name, value) in more.as_object().unwrap() {
        for (inner, value) in value.as_object().unwrap() {
            event["Records"][0][name][inner] = value.clone();
        }
    }
    event["Records"][0].clone()
}

fn request(method: &str, path: &str, headers: Value) -> Event {
    Event::new(&json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "token=sesame",
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "curl"},
            "requestId": "JKJaXmPLvHcESHA=", "stage": "$default", "timeEpoch": 1741079560000_u64,
        },
        "isBase64Encoded": false,
    }))
}

#[tokio::test]
async fn a_batch_is_a_tree_with_a_link_for_each_sender() {
    let (mut lambda, mut collector) = start("orders").await;
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let w3c = json!({"messageAttributes": {
        "traceparent": {"stringValue": traceparent, "dataType": "String"},
        "correlationId": {"stringValue": "basket-1", "dataType": "String"},
    }});
    let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    let xray = json!({"attributes": {"AWSTraceHeader": header}});
    let event = Event::new(&json!({"Records": [
        message("m1", "o-1", w3c), message("m2", "none", xray), message("m3", "o-3", json!({})),
    ]}));
    let (trace, request_id) = (lambdas_trace(&event), event.request_id.clone());
    let response = lambda.serve(event).await.response();
    assert_eq!(response, json!({"batchItemFailures": [{"itemIdentifier": "m2"}]}));
    let exported = exported(&mut collector);
    assert_eq!(exported.path, "/v1/traces");
    assert_eq!(exported.headers["content-type"], "application/x-protobuf");
    assert_eq!(exported.headers["authorization"], "bearer-of-tokens");
    let record = ["  process orders (consumer)", "    post (internal)"];
    let tree: Vec<&str> = ["orders (consumer)"].into_iter().chain(record).chain(record).chain(record).collect();
    assert_eq!(exported.tree(), tree);
    assert!(exported.spans.iter().all(|span| span.trace == trace));

    let invocation = exported.span("orders");
    assert_eq!((&*invocation.parent, &invocation.error), (LAMBDA_PARENT, &None));
    assert!(invocation.links.is_empty());
    let arn = "arn:aws:lambda:us-east-2:123456789012:function:function";
    let expected = json!({
        "faas.trigger": "pubsub", "faas.invocation_id": request_id, "faas.coldstart": true,
        "cloud.resource_id": arn, "aws.lambda.invoked_arn": arn, "cloud.account.id": "123456789012",
        "lambkin.handler": "orders", "messaging.system": "aws_sqs", "messaging.operation.name": "process",
        "messaging.operation.type": "process", "messaging.batch.message_count": 3,
    });
    assert_eq!(attributes(invocation), expected);

    let records: Vec<&Span> = exported.spans.iter().filter(|span| span.name == "process orders").collect();
    let common = json!({
        "messaging.system": "aws_sqs", "messaging.operation.name": "process", "messaging.operation.type": "process",
        "messaging.destination.name": "orders",
    });
    let with = |more: Value| {
        let mut all = common.as_object().unwrap().clone();
        all.extend(more.as_object().unwrap().clone());
        Value::Object(all)
    };
    let first = with(json!({"messaging.message.id": "m1", "messaging.message.conversation_id": "basket-1"}));
    assert_eq!(attributes(records[0]), first);
    assert_eq!(records[0].links, ["4bf92f3577b34da6a3ce929d0e0e4736/00f067aa0ba902b7"]);
    assert_eq!(records[0].error, None);
    let second = with(json!({"messaging.message.id": "m2", "error.type": "traced::NoSuchOrder"}));
    assert_eq!(attributes(records[1]), second);
    assert_eq!(records[1].links, ["5759e988bd862e3fe1be46a994272793/53995c3f42cd8ad8"]);
    assert_eq!(records[1].error.as_deref(), Some("traced::NoSuchOrder"));
    assert_eq!(attributes(records[2]), with(json!({"messaging.message.id": "m3"})));
    assert!(records[2].links.is_empty());

    let posts: Vec<_> = exported.spans.iter().filter(|span| span.name == "post").map(attributes).collect();
    assert_eq!(posts, [json!({"order.id": "o-1"}), json!({"order.id": "none"}), json!({"order.id": "o-3"})]);

    let resource: BTreeMap<&str, &Value> = exported
        .resource
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .filter(|(name, _)| !name.starts_with("telemetry.sdk."))
        .collect();
    let expected = json!({
        "cloud.platform": "aws_lambda", "cloud.provider": "aws", "cloud.region": "us-east-2",
        "faas.instance": "2026/01/01/[$LATEST]1", "faas.max_memory": 268_435_456, "faas.name": "function",
        "faas.version": "$LATEST", "service.name": "function",
    });
    assert_eq!(json!(resource), expected);

    // The next one is not the first any more.
    let response = lambda.invoke(json!({"Records": [message("m4", "o-4", json!({}))]})).await.response();
    assert_eq!(response, json!({"batchItemFailures": []}));
    assert_eq!(self::exported(&mut collector).span("orders").attributes["faas.coldstart"], false);
}

#[tokio::test]
async fn a_whole_batch_links_to_all_senders() {
    let (mut lambda, mut collector) = start("bulk").await;
    let sent_by = |span: &str| {
        let traceparent = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{span}-01");
        json!({"messageAttributes": {"traceparent": {"stringValue": traceparent, "dataType": "String"}}})
    };
    let records =
        [message("m1", "o-1", sent_by("00f067aa0ba902b7")), message("m2", "o-2", sent_by("00f067aa0ba902b8"))];
    lambda.invoke(json!({ "Records": records })).await.response();
    let exported = exported(&mut collector);
    assert_eq!(exported.tree(), ["bulk (consumer)", "  post (internal)", "  post (internal)"]);
    let bulk = exported.span("bulk");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    assert_eq!(bulk.links, [format!("{trace}/00f067aa0ba902b7"), format!("{trace}/00f067aa0ba902b8")]);
    assert_eq!(bulk.attributes["messaging.batch.message_count"], 2);
}

#[tokio::test]
async fn a_request_continues_its_clients_trace() {
    let (mut lambda, mut collector) = start("api").await;
    let headers = json!({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "cookie": "sesame"});
    let posted = lambda.serve(request("GET", "/users/7", headers)).await.response();
    assert_eq!(posted["statusCode"], 200);
    let exported = exported(&mut collector);
    assert_eq!(exported.tree(), ["GET /users/{id} (server)", "  load (internal)"]);
    let span = exported.span("GET /users/{id}");
    assert_eq!((&*span.trace, &*span.parent), ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"));
    let mut found = span.attributes.clone();
    for of_invocation in ["faas.invocation_id", "aws.lambda.invoked_arn", "cloud.resource_id", "cloud.account.id"] {
        assert!(found.remove(of_invocation).is_some(), "{of_invocation}");
    }
    let expected = json!({
        "faas.trigger": "http", "faas.coldstart": true, "lambkin.handler": "api", "http.request.method": "GET",
        "http.route": "/users/{id}", "http.response.status_code": 200,
    });
    assert_eq!(json!(found), expected);
}

#[tokio::test]
async fn what_a_server_does_wrong_is_an_error_and_what_a_client_does_wrong_is_none() {
    let (mut lambda, mut collector) = start("api").await;
    let mut serve = async |method: &str, path: &str| {
        let event = request(method, path, json!({}));
        let trace = lambdas_trace(&event);
        let status = lambda.serve(event).await.response()["statusCode"].clone();
        let exported = exported(&mut collector);
        let root = exported.spans.iter().find(|span| span.parent == LAMBDA_PARENT).unwrap().clone();
        assert_eq!(root.trace, trace, "without a `traceparent`, Lambda's word counts");
        assert_eq!(root.attributes["http.response.status_code"], status);
        (status, root)
    };
    let (status, failed) = serve("GET", "/users/0").await;
    assert_eq!((status, &*failed.name), (json!(500), "GET /users/{id}"));
    assert_eq!(failed.error.as_deref(), Some("traced::routes::NoSuchUser"));
    assert_eq!(failed.attributes["error.type"], "traced::routes::NoSuchUser");
    let (status, own) = serve("POST", "/users").await;
    assert_eq!((status, own.error.as_deref()), (json!(502), Some("502")));
    assert_eq!(own.attributes["error.type"], "502");
    for (method, path, expected, name) in
        [("GET", "/users/many", 400, "GET /users/{id}"), ("GET", "/nowhere", 404, "api"), ("PUT", "/users", 405, "api")]
    {
        let (status, span) = serve(method, path).await;
        assert_eq!((status, &*span.name, &span.error), (json!(expected), name, &None), "{path}");
        assert!(!span.attributes.contains_key("error.type"), "{path}");
    }
}

#[tokio::test]
async fn an_invocation_continues_lambdas_trace_and_says_what_failed() {
    let (mut lambda, mut collector) = start("act").await;
    let event = Event::new(&json!({"act": "fail"}));
    let trace = lambdas_trace(&event);
    lambda.serve(event).await.error();
    let exported = exported(&mut collector);
    let span = exported.span("act");
    assert_eq!((&*span.kind, &*span.trace, &*span.parent), ("server", &*trace, LAMBDA_PARENT));
    assert_eq!(span.error.as_deref(), Some("traced::NoSuchOrder"));
    assert_eq!(span.attributes["error.type"], "traced::NoSuchOrder");
    assert_eq!(span.attributes["faas.trigger"], "other");
    // What is no event at all, too.
    lambda.serve(Event::raw("{")).await.error();
    assert!(self::exported(&mut collector).span("act").error.is_some());
}

#[tokio::test]
async fn what_is_not_sampled_is_not_exported() {
    let (mut lambda, mut collector) = start("act").await;
    let event = Event::new(&json!({"act": "nothing"}));
    let unsampled = Event { trace_id: event.trace_id.replace("Sampled=1", "Sampled=0"), ..event };
    lambda.serve(unsampled.clone()).await.response();
    assert!(collector.exported_already().is_none());
    // A trace of its own, where nobody says anything.
    lambda.serve(Event { trace_id: String::new(), ..Event::new(&json!({"act": "nothing"})) }).await.response();
    let exported = exported(&mut collector);
    assert_eq!(exported.span("act").parent, "");
    // A sampler that listens to nobody.
    let mut always = setup("act", &collector).with("OTEL_TRACES_SAMPLER", "always_on").start().await;
    let trace = lambdas_trace(&unsampled);
    always.serve(unsampled).await.response();
    assert_eq!(self::exported(&mut collector).span("act").trace, trace);
    // Propagators that do not listen to Lambda.
    let mut others = setup("act", &collector).with("OTEL_PROPAGATORS", "tracecontext,baggage").start().await;
    others.invoke(json!({"act": "nothing"})).await.response();
    assert_eq!(self::exported(&mut collector).span("act").parent, "");
    // A client that is not sampled.
    let mut api = setup("api", &collector).start().await;
    let headers = json!({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"});
    api.serve(request("GET", "/users/7", headers)).await.response();
    assert!(collector.exported_already().is_none());
}

#[tokio::test]
async fn another_task_can_take_the_span_along_and_holds_nothing_up() {
    let (mut lambda, mut collector) = start("act").await;
    lambda.invoke(json!({"act": "spawn"})).await.response();
    assert_eq!(exported(&mut collector).tree(), ["act (server)", "  elsewhere (internal)"]);
    lambda.invoke(json!({"act": "leak"})).await.response();
    assert_eq!(exported(&mut collector).tree(), ["act (server)"]);
}

#[tokio::test]
async fn the_answer_waits_for_the_collector() {
    let (mut lambda, mut collector) = start("act").await;
    collector.hold();
    lambda.api.queue(Event::new(&json!({"act": "nothing"})));
    assert_eq!(collector.exported().await.tree(), ["act (server)"]);
    assert!(lambda.api.posted_already().is_none(), "answered before the export");
    collector.answer(StatusCode::OK);
    assert_eq!(lambda.api.posted().await.response(), "nothing");
}

#[tokio::test]
async fn four_at_once_have_a_trace_each_and_wait_for_none_of_the_others() {
    let collector = Collector::start().await;
    let mut lambda = setup("meet", &collector).with("AWS_LAMBDA_MAX_CONCURRENCY", "4").start().await;
    let mut collector = collector;
    let events: Vec<Event> = (0..4).map(|_| Event::new(&Value::Null)).collect();
    let expected: BTreeMap<String, String> =
        events.iter().map(|event| (event.request_id.clone(), lambdas_trace(event))).collect();
    // All four exports are under way before any of them is answered.
    collector.hold();
    events.into_iter().for_each(|event| lambda.api.queue(event));
    let mut seen = BTreeMap::new();
    for _ in 0..4 {
        let exported = collector.exported().await;
        assert_eq!(exported.tree(), ["meet (server)", "  wait (internal)"]);
        let span = exported.span("meet");
        assert!(exported.spans.iter().all(|other| other.trace == span.trace));
        let id = span.attributes["faas.invocation_id"].as_str().unwrap().to_owned();
        seen.insert(id, span.trace.clone());
    }
    assert_eq!(seen, expected);
    assert!(lambda.api.posted_already().is_none());
    collector.answer(StatusCode::OK);
    let mut answered = BTreeSet::new();
    for _ in 0..4 {
        answered.insert(lambda.api.posted().await.response().as_str().unwrap().to_owned());
    }
    assert_eq!(answered, expected.into_keys().collect());
}

#[tokio::test]
async fn an_invocation_that_is_still_open_holds_up_nobody() {
    let collector = Collector::start().await;
    let mut lambda = setup("act", &collector).with("AWS_LAMBDA_MAX_CONCURRENCY", "2").start().await;
    let mut collector = collector;
    let open = Event::new(&json!({"act": "hang"}));
    // Of one trace, which makes it harder.
    let other = Event { trace_id: open.trace_id.clone(), ..Event::new(&json!({"act": "nothing"})) };
    lambda.api.queue(open);
    lambda.process.line(|line| line.contains("hanging")).await;
    assert_eq!(lambda.serve(other).await.response(), "nothing");
    assert_eq!(exported(&mut collector).tree(), ["act (server)"]);
}

/// The lines about exporting.
fn about_traces(lines: &[String]) -> Vec<Value> {
    let lines = lines.iter().map(|line| structured(line));
    let about: Vec<_> = lines.filter(|line| line["error_type"] == "Traces").collect();
    let text = format!("{about:?}");
    assert!(!text.contains("bearer-of-tokens") && !text.contains("own words"), "{text}");
    about
}

#[tokio::test]
async fn a_collector_that_fails_is_told_of_once_and_fails_nobody() {
    let (mut lambda, mut collector) = start("act").await;
    collector.answer(StatusCode::INTERNAL_SERVER_ERROR);
    for _ in 0..3 {
        assert_eq!(lambda.invoke(json!({"act": "nothing"})).await.response(), "nothing");
        // What was lost once is not tried again.
        assert_eq!(exported(&mut collector).tree(), ["act (server)"]);
    }
    let told = about_traces(&lambda.process.kill().await);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["level"], "WARN");
    assert!(told[0]["message"].as_str().unwrap().contains("500"), "{told:?}");
}

#[tokio::test]
async fn a_collector_that_is_not_there_is_told_of_once_and_costs_nothing() {
    let collector = Collector::start().await;
    let setup = setup("act", &collector);
    drop(collector);
    let mut lambda = setup.start().await;
    for _ in 0..3 {
        assert_eq!(lambda.invoke(json!({"act": "nothing"})).await.response(), "nothing");
    }
    let told = about_traces(&lambda.process.kill().await);
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn a_collector_that_does_not_answer_costs_a_share_of_the_time() {
    let collector = Collector::start().await;
    collector.hold();
    let setup = setup("act", &collector);
    let mut lambda = setup.clone().with("OTEL_EXPORTER_OTLP_TIMEOUT", "100").start().await;
    for _ in 0..2 {
        assert_eq!(lambda.invoke(json!({"act": "nothing"})).await.response(), "nothing");
    }
    let told = about_traces(&lambda.process.kill().await);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0]["message"].as_str().unwrap().contains("within 100 ms"), "{told:?}");
    // At most half of what is left, whatever the variable says.
    let mut lambda = setup.with("OTEL_EXPORTER_OTLP_TIMEOUT", "600000").start().await;
    lambda.api.asked(1).await;
    let begun = Instant::now();
    let event = Event::new(&json!({"act": "nothing"})).with_left(Duration::from_secs(4));
    assert_eq!(lambda.serve(event).await.response(), "nothing");
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn what_is_left_is_exported_at_the_end() {
    let (mut lambda, mut collector) = start("act").await;
    lambda.invoke(json!({"act": "nothing"})).await.response();
    exported(&mut collector);
    lambda.process.signal("TERM").await;
    let (status, lines) = lambda.process.end().await;
    assert_eq!(status.code(), Some(0), "{lines:#?}");
    assert_eq!(exported(&mut collector).tree(), ["farewell (internal)"]);
}

#[tokio::test]
async fn without_a_collector_there_are_no_traces() {
    let mut lambda = Setup::new(traced()).handler("act").start().await;
    assert_eq!(lambda.invoke(json!({"act": "nothing"})).await.response(), "nothing");
    assert_eq!(about_traces(&lambda.process.kill().await).len(), 0);
    let mut collector = Collector::start().await;
    let mut off = setup("act", &collector).with("OTEL_SDK_DISABLED", "true").start().await;
    assert_eq!(off.invoke(json!({"act": "nothing"})).await.response(), "nothing");
    assert!(collector.exported_already().is_none());
}

#[tokio::test]
async fn a_collector_that_cannot_be_talked_to_fails_the_start() {
    let mut lambda = Setup::new(traced())
        .handler("act")
        .with("OTEL_EXPORTER_OTLP_ENDPOINT", "https://user:sesame@collector.example.com")
        .start()
        .await;
    let posted = lambda.api.posted().await;
    assert_eq!(posted.path, "/2018-06-01/runtime/init/error");
    let error = posted.json();
    assert_eq!(error["errorType"], "InvalidEnvironment");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.contains("`OTEL_EXPORTER_OTLP_ENDPOINT`") && message.contains("http://localhost:4318"),
        "{message}"
    );
    assert!(!message.contains("sesame"), "{message}");
    let (status, lines) = lambda.process.end().await;
    assert!(!status.success());
    assert!(!lines.join("\n").contains("sesame"), "{lines:?}");
}

#[tokio::test]
async fn a_level_of_the_log_takes_no_span_away() {
    let collector = Collector::start().await;
    let mut lambda = setup("orders", &collector).with("AWS_LAMBDA_LOG_LEVEL", "ERROR").start().await;
    let mut collector = collector;
    lambda.invoke(json!({"Records": [message("m1", "o-1", json!({}))]})).await.response();
    let tree = ["orders (consumer)", "  process orders (consumer)", "    post (internal)"];
    assert_eq!(exported(&mut collector).tree(), tree);
}

#[tokio::test]
async fn the_local_tool_exports_too() {
    let mut collector = Collector::start().await;
    let endpoint = collector.endpoint();
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint), ("OTEL_SERVICE_NAME", "desk")];
    let output = tool::run_with(traced(), &["act"], r#"{"act": "spawn"}"#, variables).await;
    assert_eq!(output.response(), "spawn");
    let exported = collector.exported().await;
    assert_eq!(exported.tree(), ["act (server)", "  elsewhere (internal)"]);
    assert_eq!(exported.resource["service.name"], "desk");
    assert_eq!(collector.exported().await.tree(), ["farewell (internal)"]);
    let output = tool::run_with(traced(), &["act"], "{}", [("OTEL_EXPORTER_OTLP_ENDPOINT", "here")]).await;
    assert!(output.stderr.contains("`OTEL_EXPORTER_OTLP_ENDPOINT` is not a URL"), "{output:?}");
}
