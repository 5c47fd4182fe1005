//! Which route takes a request.

use lambkin::http::FrontEnd;
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

#[handler(http(trailing_slash = "redirect"))]
mod moved {
    #[get("/{one}")]
    async fn one(one: &str) -> String {
        one.to_owned()
    }
}

#[routes]
mod leaf {
    #[get("/{name}")]
    async fn show(name: &str) -> String {
        name.to_owned()
    }
}

#[handler(http(prefix = "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"))]
mod deep {
    #[mount("/b/b/b/b/b/b/b/b/b/b/b/b/b/b/b/b/b/b/b/b")]
    use super::leaf;
}

mod app {
    use super::{api, deep, moved, users};
    lambkin::app! { init: [users], handlers: [api, deep, moved] }
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

#[tokio::test]
async fn what_is_left_of_a_path_keeps_its_last_slash() {
    let app = TestApp::<app::App>::new();
    for front_end in [FrontEnd::FunctionUrl, FrontEnd::HttpApi] {
        for (path, expected) in [("/files/a/b/", "a/b/"), ("/files/a%20b/", "a b/"), ("/files/%25//", "%//")] {
            let response = app.invoke("api", Request::get(path).through(front_end)).await.http();
            assert_eq!((response.status, response.text()), (200, expected), "{front_end:?}: {path}");
        }
    }
}

#[tokio::test]
async fn a_redirect_leads_to_the_path_without_its_last_slash() {
    let app = TestApp::<app::App>::new();
    let location = async |request: Request| {
        let response = app.invoke("moved", request).await.http();
        (response.status, response.header("location").unwrap_or_default().to_owned())
    };
    let to = |location: &str| (308, location.to_owned());
    for front_end in [FrontEnd::FunctionUrl, FrontEnd::HttpApi, FrontEnd::HttpApi1, FrontEnd::Lattice] {
        let redirected = async |path: &str| location(Request::get(path).through(front_end)).await;
        assert_eq!(redirected("/a/").await, to("/a"), "{front_end:?}");
        assert_eq!(redirected("/a/b/?x=1&y=%20").await, to("/a/b?x=1&y=%20"), "{front_end:?}");
        assert_eq!(redirected("//").await, to("/"), "{front_end:?}");
        // All of the slashes at once.
        assert_eq!(redirected("/a//").await, to("/a"), "{front_end:?}");
        // A header holds what a URL does, whether the front end has decoded the path or not.
        assert_eq!(redirected("/caf%C3%A9/").await, to("/caf%C3%A9"), "{front_end:?}");
        assert_eq!(redirected("/caf\u{e9}/").await, to("/caf%C3%A9"), "{front_end:?}");
        assert_eq!(redirected("/a%20b%3Fc%23d%25/").await, to("/a%20b%3Fc%23d%25"), "{front_end:?}");
        // It never leads to another host: browsers take backslashes for slashes, and take out tabs.
        assert_eq!(redirected("//example.com/").await, to("/example.com"), "{front_end:?}");
        assert_eq!(redirected("/%5Cexample.com/").await, to("/%5Cexample.com"), "{front_end:?}");
        assert_eq!(redirected("/\\example.com/").await, to("/%5Cexample.com"), "{front_end:?}");
        assert_eq!(redirected("/%09/example.com/").await, to("/%09/example.com"), "{front_end:?}");
        let there = app.invoke("moved", Request::get("/caf%C3%A9").through(front_end)).await.http();
        assert_eq!((there.status, there.text()), (200, "caf\u{e9}"), "{front_end:?}");
    }
    // Where the client has the stage in its path, it needs it again.
    for front_end in [FrontEnd::RestApi, FrontEnd::HttpApi1, FrontEnd::HttpApi] {
        let request = Request::get("/a%20b/?x=1").through(front_end).stage("prod");
        assert_eq!(location(request).await, to("/prod/a%20b?x=1"), "{front_end:?}");
    }
}

/// `cargo lambda watch` does not take a response without the list.
#[tokio::test]
async fn a_response_without_cookies_lists_none() {
    let app = TestApp::<app::App>::new();
    let response = app.invoke("api", Request::get("/")).await.response();
    assert_eq!(response["cookies"], serde_json::json!([]));
}

#[tokio::test]
async fn routes_stand_behind_any_number_of_segments() {
    let app = TestApp::<app::App>::new();
    let path = format!("{}{}/x", "/a".repeat(20), "/b".repeat(20));
    let response = app.invoke("deep", Request::get(&path)).await.http();
    assert_eq!((response.status, response.text()), (200, "x"));
}
