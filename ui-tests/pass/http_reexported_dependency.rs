//! Every attribute of HTTP is told where lambkin is, as under a renamed dependency.
#![deny(warnings)]

mod vendor {
    pub(crate) use ::lambkin as serverless;
}

use crate::vendor::serverless::http::{HttpRequest, StatusCode};
use crate::vendor::serverless::testing::TestApp;
use crate::vendor::serverless::testing::http::Request;
use crate::vendor::serverless::{DeadlineExceeded, handler, routes};

#[routes("/users", crate = crate::vendor::serverless)]
mod users {
    use super::DeadlineExceeded;

    #[get("/{id}")]
    #[deadline(margin = "1s", on_exceeded = late, crate = crate::vendor::serverless)]
    async fn show(id: u64, #[query(default)] page: u32) -> String {
        format!("{id} {page}")
    }

    async fn late(_: DeadlineExceeded) -> String {
        String::new()
    }

    #[post("/")]
    #[cfg(not(any()))]
    #[idempotent(key = header("idempotency-key"), missing_key = "run", crate = crate::vendor::serverless)]
    async fn create(#[body] name: String) -> String {
        name
    }
}

#[handler(http(cors = "*"), crate = crate::vendor::serverless)]
mod api {
    use super::StatusCode;

    #[mount("/v1")]
    pub(crate) use super::users;

    #[mount("/old")]
    async fn old() -> axum::Router {
        axum::Router::new()
    }

    #[fallback]
    #[cfg(not(any()))]
    async fn missing() -> StatusCode {
        StatusCode::NOT_FOUND
    }
}

#[handler(http, crate = crate::vendor::serverless)]
async fn echo(request: HttpRequest<'_>) -> String {
    request.path().to_owned()
}

crate::vendor::serverless::app! {
    crate: crate::vendor::serverless,
    handlers: [api, echo],
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    assert_eq!(app.invoke("api", Request::get("/v1/users/7")).await.http().text(), "7 0");
    assert_eq!(app.invoke("api", Request::post("/v1/users").body("ada")).await.http().text(), "ada");
    assert_eq!(app.invoke("echo", Request::get("/any")).await.http().text(), "/any");
}
