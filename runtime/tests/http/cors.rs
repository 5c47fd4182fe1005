//! What pages of other origins may do.

use lambkin::http::StatusCode;
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::{Request, Response};

const APP: &str = "https://app.example.com";

#[handler(http(cors(origins = ["https://app.example.com", "https://*.preview.example.com"], credentials = true, max_age = "1h", expose = "x-count")))]
mod api {
    use super::*;

    #[get("/users/{id}")]
    async fn show(id: u32) -> (StatusCode, String) {
        (if id == 0 { StatusCode::NOT_FOUND } else { StatusCode::OK }, id.to_string())
    }

    #[put("/users/{id}")]
    async fn put(id: u32) -> Result<NoContent, Error> {
        match id {
            0 => Err(Error::msg("broken")),
            _ => Ok(NoContent),
        }
    }

    #[get("/open", cors = "*")]
    async fn open() -> &'static str {
        "open"
    }

    #[options("/users/{id}")]
    async fn options(id: u32) -> String {
        format!("options {id}")
    }
}

mod partly {
    use lambkin::handler;

    /// One route of it is open, the others are not.
    #[handler(http)]
    pub(super) mod closed {
        #[get("/open", cors = "*")]
        async fn open() -> &'static str {
            "open"
        }

        #[get("/closed")]
        async fn closed() -> &'static str {
            "closed"
        }
    }
}

mod app {
    use super::{api, partly::closed};
    lambkin::app! { handlers: [api, closed] }
}

async fn send(handler: &str, request: Request) -> Response {
    TestApp::<app::App>::new().invoke(handler, request).await.http()
}

fn preflight(path: &str, origin: &str, method: &str) -> Request {
    Request::new("OPTIONS", path).header("origin", origin).header("access-control-request-method", method)
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_handler() {
    let request = preflight("/users/7", APP, "PUT").header("access-control-request-headers", "x-token, content-type");
    let response = send("api", request).await;
    assert_eq!((response.status, response.text()), (204, ""));
    assert_eq!(response.header("access-control-allow-origin"), Some(APP));
    assert_eq!(response.header("access-control-allow-credentials"), Some("true"));
    assert_eq!(response.header("access-control-allow-methods"), Some("GET, HEAD, PUT, OPTIONS"));
    assert_eq!(response.header("access-control-allow-headers"), Some("x-token, content-type"));
    assert_eq!(response.header("access-control-max-age"), Some("3600"));
    assert!(response.header("vary").unwrap().to_ascii_lowercase().contains("origin"));

    let preview = send("api", preflight("/users/7", "https://pr-7.preview.example.com", "GET")).await;
    assert_eq!(preview.header("access-control-allow-origin"), Some("https://pr-7.preview.example.com"));
    let other = send("api", preflight("/users/7", "https://evil.example", "PUT")).await;
    assert_eq!((other.status, other.header("access-control-allow-origin")), (204, None));
    // One that asks nothing is a request like any other.
    assert_eq!(send("api", Request::new("OPTIONS", "/users/7").header("origin", APP)).await.text(), "options 7");
    assert_eq!(send("api", preflight("/nowhere", APP, "GET")).await.status, 404);
}

#[tokio::test]
async fn a_page_can_read_what_went_wrong() {
    let cases = [
        (Request::get("/users/7"), 200),
        (Request::get("/users/0"), 404),
        (Request::get("/users/x"), 400),
        (Request::get("/nowhere"), 404),
        (Request::delete("/users/7"), 405),
        (Request::put("/users/0"), 500),
    ];
    for (request, status) in cases {
        let response = send("api", request.header("origin", APP)).await;
        assert_eq!(response.status, status);
        assert_eq!(response.header("access-control-allow-origin"), Some(APP), "{status}");
        assert_eq!(response.header("access-control-expose-headers"), Some("x-count"), "{status}");
    }
    let other = send("api", Request::get("/users/7").header("origin", "https://evil.example")).await;
    assert_eq!((other.status, other.header("access-control-allow-origin")), (200, None));
    assert!(other.header("vary").unwrap().eq_ignore_ascii_case("origin"));
}

#[tokio::test]
async fn a_route_says_it_for_itself() {
    for handler in ["api", "closed"] {
        let open = send(handler, Request::get("/open").header("origin", "https://any.example")).await;
        assert_eq!(open.header("access-control-allow-origin"), Some("*"), "{handler}");
        assert_eq!(open.header("access-control-allow-credentials"), None, "{handler}");
        let asked = send(handler, preflight("/open", "https://any.example", "GET")).await;
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, Some("*")), "{handler}");
    }
    let closed = send("closed", Request::get("/closed").header("origin", APP)).await;
    assert_eq!((closed.header("access-control-allow-origin"), closed.header("vary")), (None, None));
    let asked = send("closed", preflight("/closed", APP, "GET")).await;
    assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, None));
    assert_eq!(asked.header("allow"), Some("GET, HEAD"));
}
