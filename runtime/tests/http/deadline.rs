//! `#[deadline]` on a module and on a route.

use std::time::Duration;

use axum::http::request::Parts;
use axum_core::body::Body;
use axum_core::extract::FromRequestParts;
use lambkin::http::{Response, StatusCode};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::{self, Request};

struct Name(&'static str);

#[init]
async fn name() -> Result<Name, Error> {
    Ok(Name("the shop"))
}

#[init]
async fn unused() -> Result<u32, Error> {
    Ok(7)
}

#[handler(http, timeout = "10s")]
#[deadline(margin = "1s")]
mod api {
    use super::*;

    #[get("/first")]
    async fn first(number: &u32) -> String {
        number.to_string()
    }

    #[get("/wait/{ms}")]
    async fn wait(ms: u64) -> NoContent {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        NoContent
    }

    #[get("/early/{ms}")]
    #[deadline(margin = "5s", on_exceeded = later(name))]
    async fn early(ms: u64, name: &Name) -> Result<String, StatusCode> {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        Ok(name.0.to_owned())
    }

    async fn later(exceeded: DeadlineExceeded, name: &Name) -> Result<String, StatusCode> {
        assert_eq!(exceeded.margin(), Duration::from_secs(5));
        Ok(format!("{} is busy", name.0))
    }

    /// One of its own that is later than the module's changes nothing.
    #[get("/late/{ms}")]
    #[deadline(margin = "10ms")]
    async fn late(ms: u64) -> NoContent {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        NoContent
    }

    #[get("/signed")]
    async fn signed(_: Signed) -> NoContent {
        NoContent
    }

    #[get("/endless")]
    async fn endless() -> Response {
        Response::new(Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, Error>>()))
    }
}

/// Asks somebody who does not answer.
struct Signed;

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = StatusCode;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        std::future::pending().await
    }
}

mod app {
    use super::{api, name, unused};
    lambkin::app! { init: [name, unused], handlers: [api] }
}

async fn get(path: &str) -> http::Response {
    let app = TestApp::<app::App>::new();
    app.invoke("api", Request::get(path)).remaining(Duration::from_secs(10)).await.http()
}

#[tokio::test(start_paused = true)]
async fn the_earlier_line_counts() {
    assert_eq!(get("/first").await.text(), "7");
    assert_eq!(get("/wait/8900").await.status, 204);
    let late = get("/wait/9100").await;
    assert_eq!((late.status, late.header("retry-after")), (503, Some("1")));
    assert_eq!(late.header("content-type"), Some("application/problem+json"));
    assert_eq!(get("/early/4900").await.text(), "the shop");
    assert_eq!(get("/early/5100").await.text(), "the shop is busy");
    assert_eq!(get("/late/8900").await.status, 204);
    assert_eq!(get("/late/9100").await.status, 503);
}

/// An extractor may ask others, and a body may come from them.
#[tokio::test(start_paused = true)]
async fn what_is_around_a_route_ends_at_the_line_too() {
    for path in ["/signed", "/endless"] {
        let start = tokio::time::Instant::now();
        assert_eq!(get(path).await.status, 503, "{path}");
        assert_eq!(start.elapsed().as_secs(), 9, "{path}");
    }
}
