//! Which route takes a request.

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

struct Users(Vec<&'static str>);

#[init]
async fn users() -> Result<Users, Error> {
    Ok(Users(vec!["ada", "grace"]))
}

#[handler(http)]
mod api {
    use super::*;
    use lambkin::http::StatusCode;

    #[get("/")]
    async fn home() -> &'static str {
        "home"
    }

    #[get("/users/{id}")]
    async fn show(id: usize, users: &Users) -> Result<Json<&'static str>, StatusCode> {
        users.0.get(id).map(|name| Json(*name)).ok_or(StatusCode::NOT_FOUND)
    }

    #[get("/users")]
    async fn list(#[query(default = 1)] page: u32, #[query] name: Option<String>) -> String {
        format!("{page} {name:?}")
    }

    #[get("/files/{*path}")]
    async fn file(path: &str) -> String {
        path.to_owned()
    }

    #[derive(Deserialize)]
    pub(super) struct New<'a> {
        name: &'a str,
    }

    #[post("/users")]
    async fn create(#[body] new: New<'_>, cx: Context) -> Created<String> {
        let _ = cx;
        Created::new(new.name.to_owned())
    }
}

mod app {
    use super::{api, users};
    lambkin::app! { init: [users], handlers: [api] }
}

#[tokio::test]
async fn a_request_is_answered() {
    let app = TestApp::<app::App>::new();
    let get = async |path: &str| {
        let response = app.invoke("api", Request::get(path)).await.http();
        (response.status, response.text().to_owned())
    };
    assert_eq!(get("/").await, (200, "home".to_owned()));
    assert_eq!(get("/users/1").await, (200, "\"grace\"".to_owned()));
    assert_eq!(get("/users/7").await.0, 404);
    assert_eq!(get("/users?page=3&name=a+b").await, (200, "3 Some(\"a b\")".to_owned()));
    assert_eq!(get("/files/a/b%20c/d").await, (200, "a/b c/d".to_owned()));
    let created =
        app.invoke("api", Request::post("/users").json(&serde_json::json!({"name": "caf\u{e9}"}))).await.http();
    assert_eq!((created.status, created.text()), (201, "\"café\""));
    let other = app.invoke("api", Request::delete("/users")).await.http();
    assert_eq!((other.status, other.header("allow")), (405, Some("GET, HEAD, POST")));
}

/// `cargo lambda watch` does not take a response without the list.
#[tokio::test]
async fn a_response_without_cookies_lists_none() {
    let app = TestApp::<app::App>::new();
    let response = app.invoke("api", Request::get("/")).await.response();
    assert_eq!(response["cookies"], serde_json::json!([]));
}
