//! What a route takes by value: extractors of the axum ecosystem, of lambkin, and of one's own.

use std::borrow::Cow;

use axum::extract::{FromRequestParts, RawQuery};
use http::request::Parts;
use lambkin::http::{Claims, FromHttp, FrontEnd, HttpRequest, IntoResponse, Problem, Response, StatusCode};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;
use serde_json::json;

use crate::replies::ALL;

struct NoKey;

impl IntoResponse for NoKey {
    fn into_response(self) -> Response {
        (StatusCode::PAYMENT_REQUIRED, [("x-why", "no key")], "pay first").into_response()
    }
}

/// An extractor as other crates have them; its rejection is a response.
struct Key(String);

impl<S: Sync> FromRequestParts<S> for Key {
    type Rejection = NoKey;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let key = parts.headers.get("x-key").and_then(|key| key.to_str().ok());
        key.map(|key| Self(key.to_owned())).ok_or(NoKey)
    }
}

/// One of lambkin's, which borrows.
struct Agent<'r>(Cow<'r, str>);

impl<'r> FromHttp<'r> for Agent<'r> {
    fn from_http(request: HttpRequest<'r>) -> Result<Self, Problem> {
        let agent = request.header("user-agent").map(Agent);
        agent.ok_or_else(|| Problem::new(StatusCode::FORBIDDEN).with("needs", "user-agent"))
    }
}

#[derive(Deserialize)]
struct Token<'a> {
    sub: Cow<'a, str>,
    level: u8,
}

#[handler(http)]
mod api {
    use super::*;

    #[put("/parts")]
    async fn parts(
        method: http::Method,
        uri: http::Uri,
        version: http::Version,
        headers: http::HeaderMap,
        parts: Parts,
        extensions: http::Extensions,
        RawQuery(query): RawQuery,
    ) -> String {
        let extended = extensions.get::<Context>().is_some() && extensions.get::<FrontEnd>().is_some();
        let kinds = headers.get_all("x-kind").iter().count();
        assert_eq!((&parts.method, &parts.uri), (&method, &uri));
        format!("{method} {uri} {version:?} {kinds} {extended} {query:?}")
    }

    #[post("/request")]
    async fn request(request: axum::extract::Request) -> Result<String, StatusCode> {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1000).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        Ok(format!("{} {body:?}", parts.uri))
    }

    #[post("/bytes")]
    async fn bytes(
        bytes: axum::body::Bytes,
        text: Result<String, axum::extract::rejection::StringRejection>,
    ) -> String {
        format!("{bytes:?} {}", text.is_ok())
    }

    #[post("/text")]
    async fn text(text: String) -> String {
        text
    }

    #[get("/key")]
    async fn key(key: Key, #[query] page: u8) -> String {
        format!("{} {page}", key.0)
    }

    #[get("/maybe-key")]
    async fn maybe_key(key: Result<Key, NoKey>) -> Response {
        match key {
            Ok(key) => key.0.into_response(),
            Err(_) => "none".into_response(),
        }
    }

    #[get("/agent")]
    async fn agent(agent: Agent<'_>, front_end: FrontEnd, cx: Context) -> String {
        let _ = cx;
        format!("{} {front_end:?}", agent.0)
    }

    #[get("/claims")]
    async fn claims(claims: Claims<Token<'static>>) -> String {
        format!("{} {}", claims.sub, claims.level)
    }
}

mod app {
    use super::api;
    lambkin::app! { handlers: [api] }
}

async fn send(request: Request) -> lambkin::testing::http::Response {
    TestApp::<app::App>::new().invoke("api", request).await.http()
}

#[tokio::test]
async fn the_head_of_a_request_is_there_in_parts() {
    for front_end in ALL {
        let request = Request::put("/parts?a=b%20c&d").header("x-kind", "a").through(front_end);
        let response = send(request).await;
        // Where it comes taken apart, each name has a value.
        let query = match front_end {
            FrontEnd::HttpApi | FrontEnd::FunctionUrl | FrontEnd::Lattice1 | FrontEnd::Lattice => "a=b%20c&d",
            _ => "a=b%20c&d=",
        };
        let expected = format!("PUT /parts?{query} HTTP/1.1 1 true Some({query:?})");
        assert_eq!(response.text(), expected, "{front_end:?}");
    }
    let response = send(Request::put("/parts")).await;
    assert_eq!(response.text(), "PUT /parts HTTP/1.1 0 true None");
}

#[tokio::test]
async fn a_whole_request_has_its_body() {
    for front_end in ALL {
        let send = async |path: &str, body: &[u8]| send(Request::post(path).body(body).through(front_end)).await;
        assert_eq!(send("/request", b"\xff\0").await.text(), r#"/request b"\xff\0""#, "{front_end:?}");
        assert_eq!(send("/bytes", b"\xff").await.text(), r#"b"\xff" false"#, "{front_end:?}");
        // Several parameters may be of the body.
        assert_eq!(send("/bytes", b"a").await.text(), r#"b"a" true"#, "{front_end:?}");
        assert_eq!(send("/text", "é".as_bytes()).await.text(), "é", "{front_end:?}");
        assert_eq!(send("/text", b"\xff").await.status, 400, "{front_end:?}");
    }
}

#[tokio::test]
async fn a_rejection_is_the_response() {
    assert_eq!(send(Request::get("/maybe-key")).await.text(), "none");
    let response = send(Request::get("/key?page=x")).await;
    assert_eq!((response.status, response.text(), response.header("x-why")), (402, "pay first", Some("no key")));
    // Who is not let in is not told either what else is wrong.
    assert_eq!(send(Request::get("/key?page=x").header("x-key", "k")).await.status, 400);
    assert_eq!(send(Request::get("/key?page=1").header("x-key", "k")).await.text(), "k 1");
}

#[tokio::test]
async fn an_extractor_of_ones_own_borrows_from_the_request() {
    assert_eq!(send(Request::get("/agent").through(FrontEnd::Lattice)).await.text(), "test Lattice");
    let event = json!({"httpMethod": "GET", "path": "/agent", "requestContext": {"elb": {}}});
    let response = TestApp::<app::App>::new().invoke("api", event).await.http();
    assert_eq!((response.status, response.json::<serde_json::Value>()["needs"].as_str()), (403, Some("user-agent")));
}

#[tokio::test]
async fn claims_that_are_not_there_or_are_others_are_a_401() {
    let get = || Request::get("/claims");
    assert_eq!(send(get().claims(json!({"sub": "ada", "level": 3, "iat": 1}))).await.text(), "ada 3");
    assert_eq!(send(get().claims(json!({"sub": "ada", "level": 3})).through(FrontEnd::RestApi)).await.text(), "ada 3");
    for front_end in ALL {
        assert_eq!(send(get().through(front_end)).await.status, 401, "{front_end:?}");
    }
    for odd in [
        json!(null),
        json!({}),
        json!([]),
        json!("hunter2"),
        json!({"sub": "hunter2"}),
        json!({"sub": 7, "level": "hunter2"}),
    ] {
        let response = send(get().claims(&odd)).await;
        assert_eq!(response.status, 401, "{odd}");
        assert!(!response.text().contains("hunter2"), "{odd}");
    }
}
