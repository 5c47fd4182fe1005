//! Responses, in the form in which each front end takes them.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambkin::http::{FrontEnd, HttpRequest, StatusCode};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const ALB: FrontEnd = FrontEnd::Alb { is_multi_value: false };
const MULTI_ALB: FrontEnd = FrontEnd::Alb { is_multi_value: true };
pub(crate) const ALL: [FrontEnd; 8] = [
    FrontEnd::RestApi,
    FrontEnd::HttpApi1,
    FrontEnd::HttpApi,
    FrontEnd::FunctionUrl,
    ALB,
    MULTI_ALB,
    FrontEnd::Lattice1,
    FrontEnd::Lattice,
];

/// The fields of each event of the log, as text.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Arc<Mutex<Vec<String>>>);

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.lock().unwrap().push(format!("{}={value:?}", field.name()));
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[handler(http(cors = "*"))]
mod api {
    use super::*;
    use http::Response;
    use http::header::{CONTENT_LENGTH, HeaderValue};

    fn response(headers: &[(&str, &[u8])], body: impl Into<Vec<u8>>) -> Response<axum::body::Body> {
        let mut response = Response::builder();
        for (name, value) in headers {
            response = response.header(*name, HeaderValue::from_bytes(value).unwrap());
        }
        response.body(axum::body::Body::from(body.into())).unwrap()
    }

    #[get("/plain")]
    async fn plain() -> Response<axum::body::Body> {
        let mut response = response(&[("x-kind", b"a")], "hi \u{1f980}\"\n");
        response.headers_mut().insert(CONTENT_LENGTH, 99.into());
        response
    }

    #[get("/cookies")]
    async fn cookies() -> Response<axum::body::Body> {
        let cookies: [(&str, &[u8]); 3] =
            [("set-cookie", b"a=1; Path=/"), ("set-cookie", b"b=2, 3"), ("set-cookie", b"c=4")];
        response(&cookies, "")
    }

    #[get("/cookie")]
    async fn cookie() -> Response<axum::body::Body> {
        response(&[("set-cookie", b"a=1")], "")
    }

    #[get("/repeated")]
    async fn repeated() -> Response<axum::body::Body> {
        response(&[("vary", b"accept"), ("vary", b"origin"), ("x-kind", b"a")], "")
    }

    #[get("/odd")]
    async fn odd() -> Response<axum::body::Body> {
        response(&[("x-utf8", "é".as_bytes()), ("x-latin", b"\xe9"), ("x-empty", b""), ("x-quote", b"\"\\\t")], "")
    }

    #[get("/binary")]
    async fn binary() -> Vec<u8> {
        vec![0xff, 0, 0x80]
    }

    #[get("/status/{status}")]
    async fn status(status: u16) -> StatusCode {
        StatusCode::from_u16(status).unwrap()
    }

    #[get("/large/{size}")]
    async fn large(size: usize, request: HttpRequest<'_>) -> Response<axum::body::Body> {
        let _ = request;
        response(&[("x-kind", b"a"), ("set-cookie", b"a=1")], "x".repeat(size))
    }

    #[get("/broken")]
    async fn broken() -> Result<String, Error> {
        Err(Error::msg("hunter2"))
    }

    #[get("/panic")]
    async fn panic() -> String {
        panic!("hunter2")
    }
}

mod app {
    use super::api;
    lambkin::app! { handlers: [api] }
}

async fn reply(front_end: FrontEnd, request: Request) -> Value {
    TestApp::<app::App>::new().invoke("api", request.through(front_end)).await.response()
}

async fn get(front_end: FrontEnd, path: &str) -> Value {
    reply(front_end, Request::get(path)).await
}

/// Headers that every response of the module has.
fn with_cors(name: &str, mut headers: Value) -> Value {
    headers["access-control-allow-origin"] = if name == "headers" { json!("*") } else { json!(["*"]) };
    headers
}

#[tokio::test]
async fn each_front_end_has_a_form_of_its_own() {
    let body = json!("hi \u{1f980}\"\n");
    for front_end in ALL {
        let reply = get(front_end, "/plain").await;
        assert_eq!((&reply["statusCode"], &reply["body"]), (&json!(200), &body), "{front_end:?}");
        assert_eq!(reply["isBase64Encoded"], false, "{front_end:?}");
        let (name, kind) =
            if front_end == MULTI_ALB { ("multiValueHeaders", json!(["a"])) } else { ("headers", json!("a")) };
        // The length is that of what the front end sends, so it is the front end's to say.
        assert_eq!(reply[name], with_cors(name, json!({"x-kind": kind})), "{front_end:?}");
        let has = |field: &str| reply.get(field).is_some();
        let is_alb_like = matches!(front_end, ALB | MULTI_ALB | FrontEnd::Lattice1 | FrontEnd::Lattice);
        assert_eq!(has("statusDescription"), is_alb_like, "{front_end:?}");
        assert_eq!(has("cookies"), matches!(front_end, FrontEnd::HttpApi | FrontEnd::FunctionUrl), "{front_end:?}");
        assert_eq!(has("multiValueHeaders"), front_end == MULTI_ALB, "{front_end:?}");
        assert_eq!(has("headers"), front_end != MULTI_ALB, "{front_end:?}");
    }
}

#[tokio::test]
async fn cookies_stay_apart() {
    let cookies = ["a=1; Path=/", "b=2, 3", "c=4"];
    for front_end in ALL {
        let many = get(front_end, "/cookies").await;
        let one = get(front_end, "/cookie").await;
        match front_end {
            FrontEnd::HttpApi | FrontEnd::FunctionUrl => {
                assert_eq!((&many["cookies"], &one["cookies"]), (&json!(cookies), &json!(["a=1"])));
                assert_eq!(many["headers"], with_cors("headers", json!({})));
            }
            FrontEnd::RestApi | FrontEnd::HttpApi1 => {
                assert_eq!(many["multiValueHeaders"], json!({"set-cookie": cookies}));
                assert_eq!(many["headers"], with_cors("headers", json!({})));
                assert_eq!(one["headers"]["set-cookie"], "a=1");
            }
            MULTI_ALB => {
                assert_eq!(many["multiValueHeaders"]["set-cookie"], json!(cookies));
                assert_eq!(one["multiValueHeaders"]["set-cookie"], json!(["a=1"]));
            }
            _ => {
                // Names that differ in their case alone.
                let named = [("set-cookie", cookies[0]), ("Set-cookie", cookies[1]), ("sEt-cookie", cookies[2])];
                for (name, cookie) in named {
                    assert_eq!(many["headers"][name], cookie, "{front_end:?}");
                }
                assert_eq!(one["headers"]["set-cookie"], "a=1");
            }
        }
        let response = TestApp::<app::App>::new().invoke("api", Request::get("/cookies").through(front_end)).await;
        let got: Vec<_> = response.http().headers.into_iter().filter(|(name, _)| name == "set-cookie").collect();
        assert_eq!(got.len(), 3, "{front_end:?}: {got:?}");
    }
}

#[tokio::test]
async fn a_header_that_is_there_twice_is_a_list() {
    for front_end in ALL {
        let reply = get(front_end, "/repeated").await;
        let vary = match front_end {
            FrontEnd::RestApi | FrontEnd::HttpApi1 | MULTI_ALB => &reply["multiValueHeaders"]["vary"],
            _ => &reply["headers"]["vary"],
        };
        let all = if vary.is_array() { json!(["accept", "origin"]) } else { json!("accept, origin") };
        assert_eq!(*vary, all, "{front_end:?}");
    }
}

#[tokio::test]
async fn header_values_are_any_bytes() {
    for front_end in ALL {
        let invoked = TestApp::<app::App>::new().invoke("api", Request::get("/odd").through(front_end)).await;
        let response = invoked.http();
        let told = ["x-utf8", "x-latin", "x-empty", "x-quote"].map(|name| response.header(name));
        assert_eq!(told, [Some("é"), Some("é"), Some(""), Some("\"\\\t")], "{front_end:?}");
    }
}

#[tokio::test]
async fn a_body_is_text_or_base64_or_nothing() {
    for front_end in ALL {
        let binary = get(front_end, "/binary").await;
        let encoded = json!(STANDARD.encode([0xff, 0, 0x80]));
        assert_eq!((&binary["body"], &binary["isBase64Encoded"]), (&encoded, &json!(true)), "{front_end:?}");
        for reply in [get(front_end, "/status/204").await, reply(front_end, Request::new("HEAD", "/binary")).await] {
            assert_eq!((&reply["body"], &reply["isBase64Encoded"]), (&json!(""), &json!(false)), "{front_end:?}");
        }
        let head = reply(front_end, Request::new("HEAD", "/plain")).await;
        let name = if front_end == MULTI_ALB { "multiValueHeaders" } else { "headers" };
        assert_eq!((&head["statusCode"], &head["body"]), (&json!(200), &json!("")), "{front_end:?}");
        assert!(head[name].get("x-kind").is_some(), "{front_end:?}");
    }
}

#[tokio::test]
async fn a_status_has_a_description_even_if_it_has_no_name() {
    for (status, description) in [(200, "200 OK"), (418, "418 I'm a teapot"), (599, "599 Status")] {
        for front_end in [ALB, MULTI_ALB, FrontEnd::Lattice1, FrontEnd::Lattice] {
            let reply = get(front_end, &format!("/status/{status}")).await;
            assert_eq!(reply["statusCode"], status, "{front_end:?}");
            assert_eq!(reply["statusDescription"], description, "{front_end:?}");
        }
    }
}

#[tokio::test]
async fn what_a_front_end_does_not_take_is_a_short_response() {
    for front_end in ALL {
        let limit = if matches!(front_end, FrontEnd::Alb { .. }) { 1_048_576 } else { 6_291_556 };
        let sent = async |size: usize| {
            let log = Log::default();
            let _guard = tracing::subscriber::set_default(log.clone());
            let reply = get(front_end, &format!("/large/{size}")).await;
            let lines = log.0.lock().unwrap().join("\n");
            (reply, lines)
        };
        // The response's other parts need some of the room.
        let around = get(front_end, "/large/1").await.to_string().len() - 1;
        let (reply, log) = sent(limit - around).await;
        assert_eq!(reply["statusCode"], 200, "{front_end:?}");
        assert!(!log.contains("ResponseTooLarge"), "{front_end:?}: {log}");
        let (reply, log) = sent(limit - around + 1).await;
        assert_eq!(reply["statusCode"], 500, "{front_end:?}");
        let name = if front_end == MULTI_ALB { "multiValueHeaders" } else { "headers" };
        let said = with_cors(name, json!({}))["access-control-allow-origin"].clone();
        assert_eq!(reply[name]["access-control-allow-origin"], said, "{front_end:?}");
        // Nothing else of the response that did not fit.
        assert!(!reply.to_string().contains("x-kind") && !reply.to_string().contains("a=1"), "{front_end:?}");
        assert!(log.contains(&format!("the response has {} bytes", limit + 1)), "{front_end:?}: {log}");
        assert!(log.contains("ResponseTooLarge") && log.contains("api"), "{front_end:?}: {log}");
    }
    let base64 = get(ALB, "/large/1048576").await;
    assert_eq!(base64["statusCode"], 500);
}

#[tokio::test]
async fn pages_of_other_origins_may_read_errors() {
    for front_end in ALL {
        for (method, path, status) in [
            ("GET", "/broken", 500),
            ("GET", "/panic", 500),
            ("GET", "/nothing/here", 404),
            ("DELETE", "/plain", 405),
            ("GET", "/status/x", 400),
            ("GET", "/status/%ff", 400),
        ] {
            let request = Request::new(method, path).header("origin", "https://shop.example.com").through(front_end);
            let response = TestApp::<app::App>::new().invoke("api", request).await.http();
            assert_eq!(response.status, status, "{front_end:?}: {path}");
            assert_eq!(response.header("access-control-allow-origin"), Some("*"), "{front_end:?}: {path}");
            assert_eq!(response.header("content-type"), Some("application/problem+json"), "{front_end:?}: {path}");
            assert!(!response.text().contains("hunter2"), "{front_end:?}: {path}");
        }
    }
}
