//! Events that went wrong on their way. What a client can bring about is a response; an invocation error is for what is
//! no HTTP request at all, and nothing of the event stands in the log.

use lambkin::http::HttpRequest;
use lambkin::prelude::*;
use lambkin::testing::{Invocation, TestApp};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::front_ends::{EVENTS, event};
use crate::replies::Log;

/// Stands in the event wherever a value of the client's own may stand, and nowhere in a log.
const SECRET: &str = "hunter2";

#[derive(Deserialize)]
struct Order {
    #[expect(dead_code, reason = "that it decodes is what matters")]
    article: String,
}

/// Asks for everything, in each of the ways there are.
#[handler(http)]
mod api {
    use super::*;

    #[any("/{*path}")]
    #[allow(clippy::too_many_arguments, reason = "one of each")]
    async fn all(
        path: &str,
        #[query] tag: Vec<String>,
        #[query] page: Option<u8>,
        #[header] accept: Option<String>,
        #[cookie] session: Option<String>,
        #[body] order: Option<Order>,
        request: HttpRequest<'_>,
        whole: http::Request<axum::body::Body>,
    ) -> String {
        let _ = (path, tag, page, accept, session, order, whole);
        let about = (request.principal(), request.source_ip(), request.claims::<Value>());
        format!("{about:?} {:?} {request:?}", request.context::<Value>())
    }

    #[any("/one/header")]
    async fn header(#[header] x_kind: String) -> String {
        x_kind
    }
}

mod app {
    use super::api;
    lambkin::app! { handlers: [api] }
}

async fn invoke(event: impl lambkin::testing::IntoEvent) -> (Invocation, String) {
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let done = TestApp::<app::App>::new().invoke("api", event).await;
    let lines = log.0.lock().unwrap().join("\n");
    (done, lines)
}

/// The status, or the invocation's error.
async fn outcome(event: impl lambkin::testing::IntoEvent) -> Result<u16, String> {
    let (done, log) = invoke(event).await;
    match done.error() {
        Some(error) => {
            assert_eq!(&*error.error_type, "InvalidEvent", "{error}");
            assert!(!log.contains(SECRET), "{log}");
            Err(error.to_string())
        }
        None => {
            assert_eq!(log, "", "nothing of what a client does is worth a line");
            Ok(done.http().status)
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_an_error_of_the_invocation() {
    let events = [
        "null",
        "7",
        "\"GET /\"",
        "[]",
        "[{}]",
        "{}",
        "",
        "{",
        "{\"httpMethod\":\"GET\"",
        "\u{feff}{}",
        "true",
        r#"{"version":"2.0","rawPath":"/a"}"#,
        r#"{"Records":[{"eventSource":"aws:sqs","body":"hunter2"}]}"#,
        r#"{"detail-type":"hunter2","source":"shop","detail":{"httpMethod":"GET"}}"#,
        r#"{"httpMethod":"GET"}"#,
        r#"{"path":"/a"}"#,
        r#"{"httpMethod":{"hunter2":1},"path":"/"}"#,
        r#"{"httpMethod":"GET","path":["hunter2"]}"#,
        r#"{"requestContext":{"http":{"method":null}},"rawPath":"/"}"#,
        r#"{"requestContext":{"http":{"method":"GET"}},"rawPath":7}"#,
        r#"{"requestContext":{"http":"hunter2"},"rawPath":"/"}"#,
        r#"{"raw_path":"/a","method":null}"#,
        r#"{"httpMethod":"GET","path":"/","path":"/hunter2"}"#,
    ];
    for event in events {
        let error = outcome(event).await.unwrap_err();
        assert!(!error.contains(SECRET), "{event}: {error}");
    }
    let mut broken = json!({"httpMethod": "GET", "path": "/a"}).to_string().into_bytes();
    broken.insert(2, 0xff);
    assert!(outcome(broken).await.is_err());
}

type Changes = Vec<(&'static str, Value)>;

/// A good event with other fields in place of its own; a path of `a/b` is a field of a field.
fn with(name: &str, changes: &[(&str, Value)]) -> Value {
    let mut event = event(name);
    for (path, value) in changes {
        let mut place = &mut event;
        for part in path.split('/') {
            place = &mut place[part];
        }
        *place = value.clone();
    }
    event
}

#[tokio::test]
async fn what_is_odd_about_a_request_is_none_of_the_invocation_s_business() {
    let html = json!({"content-type": "text/html"});
    let cases: Vec<(&str, Changes, u16)> = vec![
        // Whatever the headers are, there may be none.
        ("http_api_2", vec![("headers", Value::Null)], 200),
        ("http_api_2", vec![("headers", json!("hunter2"))], 200),
        ("http_api_2", vec![("headers", json!(["hunter2"]))], 200),
        ("http_api_2", vec![("headers", json!({"accept": null, "x-a": 7, "x-b": {"c": "hunter2"}, "x-c": true}))], 200),
        ("http_api_2", vec![("headers", json!({"accept": "a", "ACCEPT": "b", "Accept": "c"}))], 200),
        ("rest", vec![("multiValueHeaders", json!({"accept": [null, "a", null, {}, []]}))], 200),
        ("rest", vec![("multiValueHeaders", Value::Null), ("headers", Value::Null)], 200),
        ("alb_multi_value", vec![("multiValueHeaders", json!({}))], 200),
        ("http_api_2", vec![("headers", html)], 415),
        // Names and values that HTTP does not know.
        ("alb", vec![("headers", json!({"x kind": "a"}))], 400),
        ("alb", vec![("headers", json!({"": "a"}))], 400),
        ("alb", vec![("headers", json!({"\u{1f980}": "a"}))], 400),
        ("alb", vec![("headers", json!({"x-a": "a\r\nset-cookie: b"}))], 400),
        ("alb", vec![("headers", json!({"x-a": "\u{1f980}"}))], 200),
        // Paths.
        ("http_api_2", vec![("rawPath", json!(""))], 404),
        ("http_api_2", vec![("rawPath", json!("items"))], 200),
        ("http_api_2", vec![("rawPath", json!("https://hunter2.example.com/a?b#c"))], 200),
        ("http_api_2", vec![("rawPath", json!("//hunter2.example.com/a"))], 200),
        ("http_api_2", vec![("rawPath", json!("/a b\n\u{0}\u{1f980}%"))], 200),
        ("alb", vec![("path", json!("*"))], 200),
        ("alb", vec![("path", json!("/%ff"))], 400),
        ("alb", vec![("path", json!("/%zz"))], 200),
        ("lattice_1", vec![("raw_path", json!("/a?b?c=?"))], 200),
        ("lattice_1", vec![("raw_path", json!("?"))], 404),
        // Methods.
        ("http_api_2", vec![("requestContext/http/method", json!("post"))], 200),
        ("http_api_2", vec![("requestContext/http/method", json!("PURGE"))], 200),
        ("http_api_2", vec![("requestContext/http/method", json!(""))], 400),
        ("http_api_2", vec![("requestContext/http/method", json!("G E T"))], 400),
        // Queries, the same whether or not the front end has taken them apart.
        ("http_api_2", vec![("rawQueryString", json!("a=%zz"))], 400),
        ("alb", vec![("queryStringParameters", json!({"a": "%zz"}))], 400),
        ("http_api_2", vec![("rawQueryString", json!("a=%ff"))], 400),
        ("alb", vec![("queryStringParameters", json!({"a": "%ff"}))], 400),
        ("http_api_2", vec![("rawQueryString", json!("&&=&a&=b"))], 200),
        ("http_api_2", vec![("rawQueryString", Value::Null)], 200),
        ("http_api_2", vec![("rawQueryString", json!({"a": "hunter2"}))], 200),
        ("http_api_2", vec![("rawQueryString", json!("page=99999999999999999999999"))], 400),
        ("rest", vec![("multiValueQueryStringParameters", json!({"page": [null]}))], 200),
        ("rest", vec![("multiValueQueryStringParameters", json!({"page": 1e300}))], 400),
        ("rest", vec![("multiValueQueryStringParameters", json!("hunter2"))], 200),
        // Cookies.
        ("http_api_2", vec![("cookies", json!([null, 7, "a", "=b", "session", {"c": 1}, "session=x"]))], 200),
        ("http_api_2", vec![("cookies", json!("session=hunter2"))], 200),
        // Bodies.
        ("http_api_2", vec![("body", json!("{\"article\":\"hunter2"))], 400),
        ("http_api_2", vec![("body", json!(7))], 400),
        ("http_api_2", vec![("body", json!("[".repeat(100_000)))], 400),
        ("http_api_2", vec![("isBase64Encoded", json!("true"))], 400),
        ("http_api_2", vec![("isBase64Encoded", json!({"a": true}))], 200),
        // What is said about the caller.
        ("rest", vec![("requestContext", Value::Null)], 200),
        ("rest", vec![("requestContext", json!("hunter2"))], 200),
        ("rest", vec![("requestContext", json!({"authorizer": 7, "identity": ["hunter2"]}))], 200),
        ("lattice_2", vec![("requestContext/identity", json!(false))], 200),
    ];
    for (name, changes, status) in cases {
        assert_eq!(outcome(with(name, &changes)).await, Ok(status), "{name}: {changes:?}");
    }
}

#[tokio::test]
async fn halves_of_characters_are_replaced() {
    // A text that JSON can write and no string can hold.
    let event = |path: &str, headers: &str, query: &str| {
        format!(
            r#"{{"requestContext":{{"elb":{{}}}},"httpMethod":"GET","path":"{path}","headers":{headers},"queryStringParameters":{query}}}"#
        )
    };
    assert_eq!(outcome(event(r"/a\ud800b", "{}", "{}")).await, Ok(200));
    assert_eq!(outcome(event("/a", r#"{"x-a":"\udc00"}"#, "{}")).await, Ok(200));
    assert_eq!(outcome(event("/a", "{}", r#"{"\ud800":"a","page":"7"}"#)).await, Ok(200));
    // Not even the name of one header costs the others.
    let odd = event("/one/header", r#"{"a\ud800":"a","x-kind":"b"}"#, "{}");
    assert_eq!(invoke(odd).await.0.http().text(), "b");
    assert_eq!(outcome(event("/a", r#"{"\u0041ccept":"a","acc\u0065pt":"b"}"#, "{}")).await, Ok(200));
}

#[tokio::test]
async fn any_number_of_headers_is_a_response() {
    // More than a map of headers takes, and it panics on those.
    let many: Map<String, Value> = (0..40_000).map(|number| (format!("x-{number}"), json!("a"))).collect();
    assert_eq!(outcome(with("alb", &[("headers", many.into())])).await, Ok(400));
    let list = json!({"x-a": vec!["a"; 40_000]});
    assert_eq!(outcome(with("alb_multi_value", &[("multiValueHeaders", list)])).await, Ok(200));
    assert_eq!(outcome(with("alb", &[("path", "/a".repeat(50_000).into())])).await, Ok(400));
}

/// One value of the event, chosen by number.
fn chosen<'v>(value: &'v mut Value, number: &mut usize) -> Option<&'v mut Value> {
    if *number == 0 {
        return Some(value);
    }
    *number -= 1;
    match value {
        Value::Object(fields) => fields.values_mut().find_map(|field| chosen(field, number)),
        Value::Array(items) => items.iter_mut().find_map(|item| chosen(item, number)),
        _ => None,
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        _ => 0,
    }
}

fn odd_value() -> impl Strategy<Value = Value> {
    let secret = |text: String| json!(format!("{SECRET}{text}"));
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(secret),
        "[%+=&/?#;,\"\\\\\u{0}-\u{20}é\u{1f980}a-f0-9]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z-]{0,8}|\\PC{0,4}", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

#[test]
fn no_mutation_of_an_event_is_more_than_a_response_or_an_invalid_event() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let changes = prop::collection::vec((any::<Index>(), odd_value()), 1..4);
    let strategy = (0..EVENTS.len(), changes);
    let mut runner = TestRunner::new(ProptestConfig { cases: 400, failure_persistence: None, ..<_>::default() });
    let result = runner.run(&strategy, |(name, changes)| {
        let mut event = event(EVENTS[name].0);
        for (index, odd) in changes {
            let mut number = index.index(count(&event));
            if let Some(place) = chosen(&mut event, &mut number) {
                *place = odd;
            }
        }
        let (done, log) = runtime.block_on(invoke(event));
        match done.error() {
            Some(error) => {
                prop_assert!(!log.contains(SECRET), "{}", log);
                prop_assert_eq!(&*error.error_type, "InvalidEvent");
                prop_assert!(!error.to_string().contains(SECRET), "{}", error);
            }
            None => {
                prop_assert_eq!(&*log, "");
                prop_assert!(done.http().status < 500, "{}", done.response());
            }
        }
        Ok(())
    });
    result.unwrap();
}
