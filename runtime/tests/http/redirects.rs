//! Redirects, for pages of other origins.

use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::Request;

#[handler(http(trailing_slash = "redirect", cors(origins = ["https://app.example.com"])))]
mod api {
    #[get("/items/{item}")]
    async fn item(item: &str) -> String {
        item.to_owned()
    }

    #[get("/open", cors = "*")]
    async fn open() -> &'static str {
        "open"
    }
}

mod app {
    use super::api;
    lambkin::app! { handlers: [api] }
}

const OURS: &str = "https://app.example.com";

#[tokio::test]
async fn a_page_may_follow_a_redirect() {
    let app = TestApp::<app::App>::new();
    let allowed = async |path: &str, origin: &str| {
        let response = app.invoke("api", Request::get(path).header("origin", origin)).await.http();
        assert_eq!(response.status, 308, "{path}");
        response.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(allowed("/items/pen/", OURS).await.as_deref(), Some(OURS));
    assert_eq!(allowed("/items/pen/", "https://other.example.com").await, None);
    assert_eq!(allowed("/open/", "https://other.example.com").await.as_deref(), Some("*"));
}

#[tokio::test]
async fn a_preflight_is_answered_and_not_sent_elsewhere() {
    let app = TestApp::<app::App>::new();
    let preflight =
        Request::new("OPTIONS", "/items/pen/").header("origin", OURS).header("access-control-request-method", "GET");
    let response = app.invoke("api", preflight).await.http();
    assert_eq!((response.status, response.header("access-control-allow-origin")), (204, Some(OURS)));
}
