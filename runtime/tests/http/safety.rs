//! What a user's code does wrong, and what a client tries.

use std::fmt;
use std::future::{Ready, ready};
use std::str::FromStr;
use std::task::{Context as Polling, Poll};
use std::time::{Duration, Instant};

use axum_core::body::Body;
use axum_core::extract::{FromRequest, FromRequestParts};
use lambkin::http::{FromHttp, FrontEnd, HttpError, HttpRequest, IntoResponse, Problem, Response, StatusCode};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;
use serde_json::{Value, json};

/// Panics with something that no client may read, wherever it is asked for anything.
#[derive(Debug)]
struct Broken;

fn broken() -> ! {
    panic!("hunter2")
}

impl FromHttp<'_> for Broken {
    fn from_http(_: HttpRequest<'_>) -> Result<Self, Problem> {
        broken()
    }
}

impl IntoResponse for Broken {
    fn into_response(self) -> Response {
        broken()
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        broken()
    }
}

impl std::error::Error for Broken {}

struct OfParts;

impl<S: Sync> FromRequestParts<S> for OfParts {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut axum::http::request::Parts, _: &S) -> Result<Self, StatusCode> {
        broken()
    }
}

struct OfRequest;

impl<S: Sync> FromRequest<S> for OfRequest {
    type Rejection = StatusCode;

    async fn from_request(_: axum_core::extract::Request, _: &S) -> Result<Self, StatusCode> {
        broken()
    }
}

struct Text;

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        broken()
    }
}

struct Parsed;

impl FromStr for Parsed {
    type Err = Broken;

    fn from_str(_: &str) -> Result<Self, Broken> {
        Err(Broken)
    }
}

#[derive(Debug)]
struct NoProblem;

impl fmt::Display for NoProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hunter2")
    }
}

impl std::error::Error for NoProblem {}

impl HttpError for NoProblem {
    fn problem(&self) -> Problem {
        broken()
    }
}

struct Dropped;

impl Drop for Dropped {
    fn drop(&mut self) {
        broken()
    }
}

/// Panics as a service does, at the place that the path says.
#[derive(Clone)]
struct Service;

impl tower_service::Service<axum_core::extract::Request> for Service {
    type Response = StatusCode;
    type Error = Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<StatusCode, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Polling<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: axum_core::extract::Request) -> Self::Future {
        match request.uri().path() {
            "/call" => broken(),
            "/error" => Box::pin(ready(Err(std::io::Error::other("hunter2").into()))),
            _ => Box::pin(async { broken() }),
        }
    }
}

/// Is never ready.
#[derive(Clone)]
struct Unready;

impl tower_service::Service<axum_core::extract::Request> for Unready {
    type Response = StatusCode;
    type Error = Error;
    type Future = Ready<Result<StatusCode, Error>>;

    fn poll_ready(&mut self, _: &mut Polling<'_>) -> Poll<Result<(), Error>> {
        broken()
    }

    fn call(&mut self, _: axum_core::extract::Request) -> Self::Future {
        ready(Ok(StatusCode::OK))
    }
}

#[handler(http(trailing_slash = "redirect", cors(origins = ["https://app.example"])))]
mod api {
    use super::*;

    #[get("/default")]
    async fn default(#[query(default = broken())] number: u32) -> String {
        number.to_string()
    }

    #[get("/from-http")]
    async fn from_http(_: Broken) -> NoContent {
        NoContent
    }

    #[get("/from-parts")]
    async fn from_parts(_: OfParts) -> NoContent {
        NoContent
    }

    #[post("/from-request")]
    async fn from_request(_: OfRequest) -> NoContent {
        NoContent
    }

    #[get("/text/{text}")]
    async fn text(text: Text) -> NoContent {
        let _ = text;
        NoContent
    }

    #[get("/parsed/{text}")]
    async fn parsed(text: Parsed) -> NoContent {
        let _ = text;
        NoContent
    }

    #[post("/body")]
    async fn body(#[body] text: Text) -> NoContent {
        let _ = text;
        NoContent
    }

    #[get("/respond")]
    async fn respond() -> Broken {
        Broken
    }

    #[get("/display")]
    async fn display() -> Result<(), Error> {
        Err(Broken)?
    }

    #[get("/problem")]
    async fn problem() -> Result<(), NoProblem> {
        Err(NoProblem)
    }

    #[get("/drop")]
    async fn drops() -> NoContent {
        let _dropped = Dropped;
        NoContent
    }

    #[get("/stream")]
    async fn stream() -> Response {
        Response::new(Body::from_stream(futures_util::stream::poll_fn(|_| -> Poll<Option<Result<Vec<u8>, Error>>> {
            broken()
        })))
    }

    #[get("/cut")]
    async fn cut() -> Response {
        Response::new(Body::from_stream(futures_util::stream::iter([
            Ok(b"a".to_vec()),
            Err(std::io::Error::other("hunter2")),
        ])))
    }

    #[mount("/service")]
    async fn service() -> Service {
        Service
    }

    #[mount("/unready")]
    async fn unready() -> Unready {
        Unready
    }

    #[any("/echo/{*rest}")]
    async fn echo(
        rest: &str,
        request: HttpRequest<'_>,
        #[query] q: Vec<String>,
        #[header] x_1: Option<&str>,
    ) -> String {
        format!("{} {} {} {x_1:?}", rest.len(), request.body().unwrap().len(), q.len())
    }

    #[get("/head")]
    async fn head(parts: Whole) -> String {
        parts.0.to_string()
    }
}

/// The number of headers, as the axum ecosystem sees them.
struct Whole(usize);

impl<S: Sync> FromRequestParts<S> for Whole {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, _: &S) -> Result<Self, StatusCode> {
        Ok(Self(parts.headers.len()))
    }
}

mod app {
    use super::api;
    lambkin::app! { init: [], handlers: [api] }
}

#[tokio::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let app = TestApp::<app::App>::new();
    let requests = [
        Request::get("/default"),
        Request::get("/from-http"),
        Request::get("/from-parts"),
        Request::post("/from-request"),
        Request::get("/text/a"),
        Request::get("/parsed/a"),
        Request::post("/body").json(&json!(1)),
        Request::get("/respond"),
        Request::get("/display"),
        Request::get("/problem"),
        Request::get("/drop"),
        Request::get("/stream"),
        Request::get("/cut"),
        Request::get("/service/call"),
        Request::get("/service/error"),
        Request::get("/service/future"),
        Request::get("/unready/a"),
    ];
    for request in requests {
        let what = format!("{request:?}");
        let response = app.invoke("api", request.header("origin", "https://app.example")).await.http();
        assert_eq!(
            (response.status, response.header("content-type")),
            (500, Some("application/problem+json")),
            "{what}"
        );
        assert!(!format!("{response:?}").contains("hunter2"), "{what}: {response:?}");
        assert_eq!(response.header("access-control-allow-origin"), Some("https://app.example"), "{what}");
    }
}

/// Each of them would be seconds or a crash if it cost more than its own length.
#[tokio::test]
async fn what_is_large_costs_no_more_than_its_length() {
    let app = TestApp::<app::App>::new();
    let start = Instant::now();
    let path = format!("/echo/{}", "a/".repeat(50_000));
    let query = format!("/echo/a?{}", "q=a&".repeat(100_000));
    let headers = (0..10_000).fold(Request::get("/echo/a"), |request, n| request.header(&format!("x-{n}"), "a"));
    let same = (0..10_000).fold(Request::get("/head"), |request, _| request.header("x", "a"));
    let requests = [
        Request::get(&path),
        Request::get(&query),
        headers,
        same,
        Request::post("/echo/a").body(vec![b'['; 6_000_000]),
    ];
    for request in requests {
        for front_end in [FrontEnd::HttpApi, FrontEnd::RestApi, FrontEnd::Alb { is_multi_value: true }] {
            let response = app.invoke("api", request.clone().through(front_end)).await.http();
            assert!([200, 308].contains(&response.status), "{front_end:?}: {}", response.status);
        }
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[tokio::test]
async fn more_headers_than_a_map_holds_are_refused() {
    let app = TestApp::<app::App>::new();
    let many = (0..40_000).fold(Request::get("/head"), |request, n| request.header(&format!("x-{n}"), "a"));
    assert_eq!(app.invoke("api", many).await.http().status, 400);
}

/// A browser hands on a redirect only where the redirect itself is for its page, and follows none after a preflight.
#[tokio::test]
async fn a_redirect_is_for_pages_of_other_origins_too() {
    let app = TestApp::<app::App>::new();
    let from_page = |request: Request| request.header("origin", "https://app.example");
    let moved = app.invoke("api", from_page(Request::get("/respond/"))).await.http();
    assert_eq!((moved.status, moved.header("location")), (308, Some("/respond")));
    assert_eq!(moved.header("access-control-allow-origin"), Some("https://app.example"));
    let asks = from_page(Request::new("OPTIONS", "/body/")).header("access-control-request-method", "POST");
    let asked = app.invoke("api", asks).await.http();
    assert_eq!((asked.status, asked.header("access-control-allow-methods")), (204, Some("POST")));
}

/// Whatever a front end says about the path in front of it.
#[tokio::test]
async fn a_redirect_leads_to_no_other_host() {
    let app = TestApp::<app::App>::new();
    let event = json!({
        "httpMethod": "GET",
        "path": "/a/",
        "headers": {},
        "requestContext": { "path": "//evil.example/a/" },
    });
    let moved = app.invoke("api", event).await.http();
    assert_eq!((moved.status, moved.header("location")), (308, Some("/evil.example/a")));
}

#[tokio::test]
async fn a_principal_is_one_user() {
    let app = TestApp::<principals::App>::new();
    let whose = async |authorizer: Value| {
        let event = json!({
            "rawPath": "/who",
            "requestContext": { "http": { "method": "GET" }, "authorizer": authorizer },
        });
        app.invoke("who", event).await.http().text().to_owned()
    };
    // All users of an identity pool have one role.
    let arn = "arn:aws:sts::123456789012:assumed-role/Pool/CognitoIdentityCredentials";
    let of_pool = |id: Value| json!({ "iam": { "userArn": arn, "cognitoIdentity": id } });
    assert_eq!(whose(of_pool(json!({ "identityId": "us-east-1:1" }))).await, "us-east-1:1");
    assert_eq!(whose(of_pool(json!({ "identityId": "us-east-1:2" }))).await, "us-east-1:2");
    assert_eq!(whose(of_pool(Value::Null)).await, arn);
}

#[handler(http)]
async fn who(request: HttpRequest<'_>) -> String {
    request.principal().unwrap_or_default().into_owned()
}

mod principals {
    use super::who;
    lambkin::app! { init: [], handlers: [who] }
}
