//! What a page of another origin may read, by the judgement of a real browser.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{COOKIE, ORIGIN};
use http::{Method, Request, Response};
use lambkin_e2e::Site;
use lambkin_e2e::browser::{Fetch, Opener};

/// A server that answers each path in another way, and keeps what it was asked.
async fn target(page: String) -> (Site, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let site = Site::start(move |request| {
        kept.lock().unwrap().push(format!("{} {}", request.method(), request.uri().path()));
        answer(&page, &request)
    });
    (site.await, asked)
}

fn answer(page: &str, request: &Request<Bytes>) -> Response<Bytes> {
    let header = |name| request.headers().get(name).map_or("", |value| value.to_str().unwrap());
    let response = Response::builder();
    let response = match request.uri().path() {
        "/silent" => response,
        "/other" => response.header("access-control-allow-origin", "http://other.example"),
        "/any" => response
            .header("access-control-allow-origin", "*")
            .header("x-hidden", "1")
            .header("x-shown", "2")
            .header("access-control-expose-headers", "x-shown"),
        "/asked-first" => response
            .header("access-control-allow-origin", page)
            .header("access-control-allow-methods", "PUT")
            .header("access-control-allow-headers", "x-custom"),
        "/cookies" => response
            .header("access-control-allow-origin", page)
            .header("access-control-allow-credentials", "true")
            .header("set-cookie", "seen=yes"),
        path => panic!("nobody asks for {path}"),
    };
    let body = match *request.method() {
        Method::OPTIONS => String::new(),
        _ => format!("{} from {}, cookie {}", request.method(), header(ORIGIN), header(COOKIE)),
    };
    response.body(body.into()).unwrap()
}

#[tokio::test]
async fn the_browser_judges() {
    let page = Opener::new().await;
    let origin = page.origin();
    let (target, asked) = target(origin.clone()).await;
    let custom = &[("x-custom", "1")][..];
    let fetches = [
        Fetch::new("GET", "/silent"),
        Fetch::new("GET", "/other"),
        Fetch::new("GET", "/any"),
        Fetch { credentials: true, ..Fetch::new("GET", "/any") },
        Fetch { headers: custom, ..Fetch::new("GET", "/asked-first") },
        Fetch { body: Some("</script>"), ..Fetch::new("PUT", "/asked-first") },
        Fetch::new("DELETE", "/asked-first"),
        Fetch { headers: &[("x-unheard-of", "1")], ..Fetch::new("GET", "/asked-first") },
        Fetch { headers: custom, ..Fetch::new("GET", "/any") },
        Fetch { credentials: true, ..Fetch::new("GET", "/cookies") },
        Fetch { credentials: true, ..Fetch::new("GET", "/cookies") },
        Fetch::new("GET", "/cookies"),
    ];
    let outcomes = page.fetches(&target.origin(), &fetches).await;
    let [silent, other, any, any_with_cookies, header, put, delete, unheard_of, not_allowed, first, second, without] =
        &outcomes[..]
    else {
        panic!("{outcomes:#?}")
    };

    assert!(silent.is_refused() && other.is_refused(), "{outcomes:#?}");
    assert_eq!(any.status(), 200);
    assert_eq!(any.body(), format!("GET from {origin}, cookie "));
    assert_eq!((any.header("x-shown"), any.header("x-hidden")), (Some("2"), None));
    // A star is no leave to read what is meant for one user.
    assert!(any_with_cookies.is_refused());

    assert_eq!(header.status(), 200);
    assert_eq!(put.body(), format!("PUT from {origin}, cookie "));
    assert!(delete.is_refused() && unheard_of.is_refused() && not_allowed.is_refused(), "{outcomes:#?}");

    assert_eq!(first.body(), format!("GET from {origin}, cookie "));
    assert_eq!(second.body(), format!("GET from {origin}, cookie seen=yes"));
    assert_eq!(without.body(), format!("GET from {origin}, cookie "));

    // What is refused after a question was never asked for.
    let asked = asked.lock().unwrap();
    assert!(!asked.iter().any(|request| request == "DELETE /asked-first"), "{asked:#?}");
    assert_eq!(asked.iter().filter(|request| *request == "PUT /asked-first").count(), 1, "{asked:#?}");
    assert!(asked.iter().any(|request| request == "OPTIONS /asked-first"), "{asked:#?}");
}
