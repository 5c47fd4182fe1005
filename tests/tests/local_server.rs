//! The same binary without Lambda: a tool that serves HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::net::SocketAddr;

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, SET_COOKIE};
use http::{Request, Response, StatusCode};
use lambkin_e2e::binaries::{debug, release};
use lambkin_e2e::tool::run;
use lambkin_e2e::{Client, Served, within};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const MB: usize = 1024 * 1024;

fn served(arguments: &[&str]) -> Served {
    Served::start(&debug().probe, arguments)
}

fn json_of(response: &Response<bytes::Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or_else(|error| panic!("{error}: {response:?}"))
}

/// What makes the handler answer with this.
fn answer_with(value: &Value) -> Value {
    json!({ "act": "echo", "value": value })
}

/// What makes the handler block until this listener, or what it has accepted, is gone.
fn block_on(peer: &TcpListener) -> Value {
    json!({ "act": "block", "peer": peer.local_addr().unwrap().to_string() })
}

async fn peer() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).await.unwrap()
}

async fn accepted(peer: &TcpListener) -> TcpStream {
    within("the handler to block", peer.accept()).await.unwrap().0
}

/// Waits until nobody listens there any more.
async fn refused(address: SocketAddr) {
    within("the port to be closed", async { while TcpStream::connect(address).await.is_ok() {} }).await;
}

#[tokio::test]
async fn a_request_is_an_event_of_an_http_api() {
    let mut tool = served(&["site"]);
    let address = tool.address("site").await;
    let mut client = Client::connect(address).await;
    let request = Request::get("/orders/7%2F8?a=1&b=x+y&a=%C3%A4")
        .header("user-agent", "test/1")
        .header("cookie", "s=1; t=2")
        .header("x-tag", "one")
        .header("x-tag", "two");
    let response = client.send(request, "").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
    let answer = json_of(&response);
    let event = &answer["event"];
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "$default");
    assert_eq!(event["rawPath"], "/orders/7%2F8");
    assert_eq!(event["rawQueryString"], "a=1&b=x+y&a=%C3%A4");
    assert_eq!(event["queryStringParameters"], json!({ "a": "1,ä", "b": "x y" }));
    assert_eq!(event["cookies"], json!(["s=1", "t=2"]));
    let expected = json!({
        "host": address.to_string(),
        "user-agent": "test/1",
        "x-tag": "one,two",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": address.port().to_string(),
        "x-forwarded-proto": "http",
    });
    assert_eq!(event["headers"], expected);
    let context = &event["requestContext"];
    let expected = json!({
        "method": "GET",
        "path": "/orders/7%2F8",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "test/1",
    });
    assert_eq!(context["http"], expected);
    assert_eq!(context["stage"], "$default");
    // Whatever the host is: the path is as it was sent.
    assert_eq!(context["domainName"], "localhost");
    assert_eq!(context["requestId"], answer["context"]["request"]);
    assert!(context["timeEpoch"].as_u64().unwrap() > 1_700_000_000_000);
    assert!(event.get("body").is_none());
    assert_eq!(event["isBase64Encoded"], false);
    // What `#[init]` made, and no deadline where nothing gives one.
    assert_eq!(answer["sum"], 3);
    assert_eq!(answer["context"]["remaining_is_known"], false);
}

#[tokio::test]
async fn bodies_are_text_or_base64() {
    let mut tool = served(&["site"]);
    let mut client = tool.client("site").await;
    let event = json_of(&client.post_json("/", &json!({ "a": "ä" })).await)["event"].clone();
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(r#"{"a":"ä"}"#), &json!(false)));

    let request = Request::put("/").header(CONTENT_TYPE, "application/octet-stream");
    let event = json_of(&client.send(request, &b"\x00\xff"[..]).await)["event"].clone();
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("AP8="), &json!(true)));
}

#[tokio::test]
async fn the_answer_is_the_response() {
    let mut tool = served(&["site"]);
    let mut client = tool.client("site").await;
    let answer = json!({
        "statusCode": 201,
        "headers": { "Content-Type": "image/png", "X-One": "1" },
        "multiValueHeaders": { "X-Several": ["a", "b"] },
        "cookies": ["s=1; Path=/; HttpOnly", "t=2"],
        "body": "AP8=",
        "isBase64Encoded": true,
    });
    let response = client.post_json("/", &answer_with(&answer)).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let values = |name: &str| response.headers().get_all(name).iter().collect::<Vec<_>>();
    assert_eq!(values("content-type"), ["image/png"]);
    assert_eq!(values("x-one"), ["1"]);
    assert_eq!(values("x-several"), ["a", "b"]);
    assert_eq!(values(SET_COOKIE.as_str()), ["s=1; Path=/; HttpOnly", "t=2"]);
    assert_eq!(response.body(), &b"\x00\xff"[..]);

    // Without a status it is a body.
    let response = client.post_json("/", &answer_with(&json!({ "message": "hello" }))).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(json_of(&response), json!({ "message": "hello" }));
}

#[tokio::test]
async fn a_response_to_head_has_no_body() {
    let mut tool = served(&["site"]);
    let mut client = tool.client("site").await;
    let answer = answer_with(&json!({ "statusCode": 200, "body": "0123456789" }));
    let request = Request::head("/").header(CONTENT_TYPE, "application/json");
    let response = client.send(request, answer.to_string()).await;
    assert_eq!(response.headers()[CONTENT_LENGTH], "10");
    assert!(response.body().is_empty());
    // A body that was sent all the same would be read as the start of this response.
    assert_eq!(client.get("/").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn one_connection_takes_many_requests() {
    let mut tool = served(&["site"]);
    let mut client = tool.client("site").await;
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(json_of(&client.get("/").await)["context"]["request"].as_str().unwrap().to_owned());
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn what_lambda_would_not_take_is_413() {
    let mut tool = served(&["site"]);
    let address = tool.address("site").await;
    // The last is what base64 makes too large.
    for (kind, length) in [("text/plain", 6 * MB + 1), ("text/plain", 20 * MB), ("image/png", 5 * MB)] {
        let mut client = Client::connect(address).await;
        let response = client.send(Request::post("/").header(CONTENT_TYPE, kind), vec![b'a'; length]).await;
        assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{length}");
    }
    let mut client = Client::connect(address).await;
    let request = Request::post("/").header(CONTENT_TYPE, "text/plain");
    // The response is as large, and still one that Lambda takes.
    let response = client.send(request, vec![b'a'; 5 * MB]).await;
    assert_eq!(response.status(), StatusCode::OK);

    // A client that asks first need not send anything.
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 90000000\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    within("the answer", stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn failures_are_502_and_the_server_goes_on() {
    let mut tool = served(&["site"]);
    let mut client = tool.client("site").await;
    let failures = [
        (json!({ "act": "fail" }), "probe::acts::Refused", "payment refused: the card expired"),
        (json!({ "act": "panic" }), "Panic", "the till is on fire"),
        (json!({ "act": "panic_in_serializer" }), "Panic", "the till is on fire"),
        (json!({ "act": "panic_in_destructor" }), "Panic", "the till is on fire"),
        (json!({ "act": "panic_with_panic" }), "Panic", "the till is on fire"),
        (json!({ "act": "fill", "bytes": 7 * MB }), "ResponseTooLarge", "bytes"),
        (answer_with(&json!({ "statusCode": 200, "headers": { "a b": "" } })), "InvalidResponse", "`a b`"),
    ];
    for (act, error_type, message) in failures {
        let response = client.post_json("/", &act).await;
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY, "{act}");
        let error = json_of(&response);
        assert_eq!(error["errorType"], error_type, "{act}");
        assert!(error["errorMessage"].as_str().unwrap().contains(message), "{error}");
        // Said in the log too.
        tool.process.line(|line| line.contains("invocation failed") && line.contains(message)).await;
    }
    assert_eq!(client.get("/").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_handler_has_its_timeout() {
    let mut tool = served(&["brief"]);
    let mut client = tool.client("brief").await;
    let peer = peer().await;
    let acts = [json!({ "act": "hang" }), block_on(&peer), json!({ "act": "panic_in_destructor_once_cancelled" })];
    for act in acts {
        let response = client.post_json("/", &act).await;
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        let error = json_of(&response);
        // What panics when it is cancelled may come before the answer, which then is about the panic.
        if act["act"] != "panic_in_destructor_once_cancelled" {
            assert_eq!(error["errorType"], "Sandbox.Timedout");
            assert!(error["errorMessage"].as_str().unwrap().contains("Task timed out after 1.00 seconds"), "{error}");
        }
    }
    let answer = json_of(&client.get("/").await);
    assert_eq!(answer["context"]["remaining_is_known"], true);
}

#[tokio::test]
async fn a_deadline_on_the_command_line_has_precedence() {
    let mut tool = served(&["brief", "--deadline", "300ms"]);
    let mut client = tool.client("brief").await;
    let error = json_of(&client.post_json("/", &json!({ "act": "hang" })).await);
    assert!(error["errorMessage"].as_str().unwrap().contains("timed out after 0.30 seconds"), "{error}");
}

#[tokio::test]
async fn handlers_that_block_keep_nobody_waiting() {
    let mut tool = served(&["site"]);
    let address = tool.address("site").await;
    let peer = peer().await;
    let act = block_on(&peer);
    let mut blocked = Vec::new();
    // More than there are processors, on most machines.
    for _ in 0..20 {
        let (mut client, act) = (Client::connect(address).await, act.clone());
        let request = tokio::spawn(async move { client.post_json("/", &act).await.status() });
        blocked.push((accepted(&peer).await, request));
    }
    assert_eq!(Client::connect(address).await.get("/").await.status(), StatusCode::OK);
    for (stream, request) in blocked {
        drop(stream);
        assert_eq!(within("what was blocked", request).await.unwrap(), StatusCode::OK);
    }
}

#[tokio::test]
async fn without_a_name_each_handler_has_its_port() {
    let mut tool = served(&[]);
    let (site, brief) = (tool.address("site").await, tool.address("brief").await);
    assert_ne!(site, brief);
    for (address, remaining_is_known) in [(site, false), (brief, true)] {
        let answer = json_of(&Client::connect(address).await.get("/").await);
        assert_eq!(answer["context"]["remaining_is_known"], remaining_is_known);
    }
}

#[tokio::test]
async fn mistakes_are_explained() {
    let taken = peer().await;
    let taken = taken.local_addr().unwrap().port().to_string();
    let (probe, orders) = (&debug().probe, &debug().orders);
    let mistakes: [(_, &[&str], &str); 6] = [
        (probe, &["serve", "no_such"], "there is no handler `no_such`"),
        (probe, &["serve", "act_on_each"], "`act_on_each` is for `sqs`"),
        (orders, &["serve"], "there is nothing to serve: this binary holds `fulfil`, and none is for `http`"),
        (probe, &["serve", "site", "--port", &taken], "`--port` chooses another port"),
        (probe, &["serve", "--port", "65535"], "65535"),
        (probe, &["serve", "--port", "many"], "`--port many`"),
    ];
    for (binary, arguments, expected) in mistakes {
        let output = run(binary, arguments, "").await;
        assert_eq!(output.code, Some(1), "{arguments:?}");
        assert!(output.stderr.contains(expected), "{expected} is not in {}", output.stderr);
    }
}

#[tokio::test]
async fn a_signal_ends_it_well() {
    for signal in ["TERM", "INT"] {
        let mut tool = served(&["site"]);
        let address = tool.address("site").await;
        let peer = peer().await;
        let mut idle = Client::connect(address).await;
        assert_eq!(idle.get("/").await.status(), StatusCode::OK);
        let (mut client, act) = (Client::connect(address).await, block_on(&peer));
        let request = tokio::spawn(async move { client.post_json("/", &act).await.status() });
        let stream = accepted(&peer).await;

        tool.process.signal(signal).await;
        refused(address).await;
        drop(stream);
        // What was under way is answered, and what was made is unmade after it.
        assert_eq!(within("the request under way", request).await.unwrap(), StatusCode::OK);
        let (status, lines) = tool.process.end().await;
        assert_eq!(status.code(), Some(0), "{lines:#?}");
        let at = |what: &str| lines.iter().position(|line| line.contains(what));
        assert!(at("POST /").unwrap() < at("closed sum=3").unwrap(), "{lines:#?}");
    }
}

#[tokio::test]
async fn what_is_stuck_is_given_up_or_killed_by_a_second_signal() {
    for second in [false, true] {
        let mut tool = served(&["site"]);
        let address = tool.address("site").await;
        let peer = peer().await;
        let (mut client, act) = (Client::connect(address).await, block_on(&peer));
        let request = Request::post("/").header(CONTENT_TYPE, "application/json");
        let request = tokio::spawn(async move { client.try_send(request, act.to_string()).await });
        let _stream = accepted(&peer).await;

        tool.process.signal("TERM").await;
        refused(address).await;
        if second {
            tool.process.signal("TERM").await;
        }
        let (status, lines) = tool.process.end().await;
        assert_eq!(status.code(), Some(if second { 143 } else { 0 }), "{lines:#?}");
        assert_eq!(lines.iter().any(|line| line.contains("closed sum=3")), !second, "{lines:#?}");
        assert!(within("the request", request).await.unwrap().is_err());
    }
}

#[tokio::test]
async fn a_release_build_holds_none_of_it() {
    let phrase = b"there is nothing to serve";
    let holds = |binary| std::fs::read(binary).unwrap().windows(phrase.len()).any(|window| window == phrase);
    assert!(holds(&debug().probe));
    assert!(!holds(&release().probe));
}
