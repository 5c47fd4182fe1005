//! Routes stay functions: documented, with attributes of others, of private types, and to be called by a test.
#![deny(warnings, missing_docs)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

#[derive(Deserialize)]
struct New<'a> {
    name: &'a str,
}

/// Routes alone need nothing of what is imported for their attributes.
#[handler(http)]
mod bare {
    use super::*;

    #[get("/")]
    async fn home() -> &'static str {
        "home"
    }
}

#[handler(http)]
mod imported {
    use lambkin::{delete, get};
    use lambkin::{idempotent, post};

    #[get("/")]
    #[delete("/")]
    async fn home() -> &'static str {
        "home"
    }

    #[post("/")]
    #[idempotent(key = header("idempotency-key"), missing_key = "run")]
    async fn create() -> &'static str {
        "created"
    }
}

/// The routes.
#[handler(http)]
#[allow(clippy::needless_lifetimes)]
pub mod api {
    //! Documented inside.
    #![allow(clippy::unused_async)]
    use super::*;

    /// Private to the module.
    #[derive(Serialize)]
    struct User {
        name: String,
    }

    #[derive(Debug, Deserialize)]
    enum Sort {
        #[serde(rename = "name")]
        ByName,
    }

    /// A list.
    #[get("/users")]
    #[tracing::instrument(skip_all)]
    #[allow(unused_variables)]
    async fn list(#[query] sort: Sort, #[query] unused: Option<u8>) -> Json<Vec<User>> {
        Json(vec![User { name: format!("{sort:?}") }])
    }

    #[post("/users")]
    pub(super) async fn create(#[body] new: New<'_>) -> Created<String> {
        Created::new(new.name.to_owned())
    }

    #[put("/users/{id}")]
    pub(super) async fn replace<'a>(id: &'a str, #[body] new: New<'a>) -> String {
        format!("{id} {}", new.name)
    }

    #[must_use]
    #[get("/double/{number}")]
    pub(super) async fn double(number: u32) -> String {
        (number * 2).to_string()
    }
}

/// All requests.
#[handler(http)]
pub async fn echo(request: http::Request<bytes::Bytes>) -> http::Response<axum::body::Body> {
    http::Response::new(request.into_body().into())
}

/// A service of axum's.
#[handler(http)]
pub async fn router() -> axum::Router {
    axum::Router::new().route("/", axum::routing::get(|| async { "axum" }))
}

mod app {
    lambkin::app! { handlers: [crate::bare, crate::imported, crate::api, crate::echo, crate::router] }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(api::double(4).await, "8");
    assert_eq!(api::replace("a", New { name: "b" }).await, "a b");
    let _ = api::create(New { name: "b" }).await;

    let app = TestApp::<app::App>::new();
    let text = async |name: &str, request: Request| app.invoke(name, request).await.http().text().to_owned();
    assert_eq!(text("bare", Request::get("/")).await, "home");
    assert_eq!(text("imported", Request::post("/")).await, "created");
    assert_eq!(text("api", Request::get("/users?sort=name")).await, r#"[{"name":"ByName"}]"#);
    let new = serde_json::json!({"name": "ada"});
    assert_eq!(text("api", Request::put("/users/1").json(&new)).await, "1 ada");
    assert_eq!(text("api", Request::get("/double/4")).await, "8");
    assert_eq!(text("echo", Request::put("/").body("hi")).await, "hi");
    assert_eq!(text("router", Request::get("/")).await, "axum");
}
