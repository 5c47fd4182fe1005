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
use lambkin_e2e::binaries::debug;
use lambkin_e2e::browser::{Fetch, Opener, Outcome};
use lambkin_e2e::{Served, Site};
use serde_json::{Value, json};

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

/// What a page of this origin gets from the shop, which the local tool serves.
async fn from_the_shop(page: &str, fetches: &[Fetch<'_>]) -> Vec<Outcome> {
    let mut shop = Served::start(&debug().example("shop"), &[]);
    // The name of the page's host: a browser sends cookies to the same host, whatever the port.
    let target = format!("http://localhost:{}", shop.address("api").await.port());
    Opener::at(page).await.fetches(&target, fetches).await
}

const JSON: (&str, &str) = ("content-type", "application/json");
const KEY: (&str, &str) = ("idempotency-key", "k-1");
const PNG: (&str, &str) = ("content-type", "image/png");

#[tokio::test]
async fn the_shops_front_end_may_read_its_answers() {
    let order = json!({ "product": "tea", "count": 2 }).to_string();
    let keyed = |body| Fetch { headers: &[JSON, KEY], body: Some(body), ..Fetch::new("POST", "/orders") };
    let fetches = [
        Fetch::new("GET", "/products"),
        keyed(&order),
        keyed(&order),
        keyed(r#"{"product":"tea","count":3}"#),
        Fetch { headers: &[JSON], body: Some(&order), ..Fetch::new("POST", "/orders") },
        Fetch { headers: &[KEY], ..Fetch::new("GET", "/orders/7") },
        Fetch::new("GET", "/orders?limit=many"),
        Fetch { headers: &[PNG], body: Some("picture"), ..Fetch::new("PUT", "/products/cake/picture") },
        Fetch::new("DELETE", "/orders/1"),
        Fetch::new("POST", "/products"),
        Fetch { credentials: true, ..Fetch::new("GET", "/products/tea") },
        Fetch { credentials: true, ..Fetch::new("GET", "/") },
        Fetch::new("GET", "/"),
        Fetch::new("DELETE", "/products"),
    ];
    let mut outcomes = from_the_shop("http://localhost:8080", &fetches).await;
    // What the path does not take is not even asked for.
    assert!(outcomes.pop().unwrap().is_refused());
    let statuses: Vec<u16> = outcomes.iter().map(Outcome::status).collect();
    assert_eq!(statuses, [200, 201, 201, 422, 400, 404, 400, 204, 204, 405, 200, 200, 200], "{outcomes:#?}");
    let told =
        |outcome: &Outcome| ["location", "idempotent-replayed"].map(|name| outcome.header(name).map(str::to_owned));
    assert_eq!(told(&outcomes[1]), [Some("/orders/1".to_owned()), None]);
    assert_eq!(told(&outcomes[2]), [Some("/orders/1".to_owned()), Some("true".to_owned())]);

    // A problem is for the page to show.
    let detail = |outcome: &Outcome| serde_json::from_str::<Value>(outcome.body()).unwrap()["detail"].clone();
    assert_eq!(detail(&outcomes[5]), "there is no order 7");
    assert_eq!(detail(&outcomes[6]), "a parameter of the request is wrong");
    // A cookie comes back where it is asked for.
    assert_eq!(outcomes[11].body(), "Welcome back! You were looking at: tea\n");
    assert_eq!(outcomes[12].body(), "Welcome!\n");
}

#[tokio::test]
async fn pages_of_other_origins_may_not() {
    let fetches = [
        Fetch::new("GET", "/products"),
        Fetch { credentials: true, ..Fetch::new("GET", "/products/tea") },
        Fetch { headers: &[PNG], body: Some("picture"), ..Fetch::new("PUT", "/products/cake/picture") },
        Fetch { headers: &[KEY], ..Fetch::new("GET", "/orders/7") },
    ];
    let outcomes = from_the_shop("http://localhost:8081", &fetches).await;
    assert!(outcomes.iter().all(Outcome::is_refused), "{outcomes:#?}");
}
