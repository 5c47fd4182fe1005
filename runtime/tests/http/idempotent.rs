//! `#[idempotent]` on a route and on a module.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use lambkin::http::{IntoResponse, Response, StatusCode};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::http::{self, Request};
use serde_json::json;

#[derive(Default)]
struct Count(AtomicU32);

#[init]
async fn count() -> Result<Count, Error> {
    Ok(Count::default())
}

#[derive(Deserialize, Serialize)]
struct New {
    name: String,
}

#[handler(http)]
mod api {
    use super::*;

    #[post("/users")]
    #[idempotent(key = header("idempotency-key"), verify = new, expires = "1h")]
    async fn create(#[body] new: New, count: &Count) -> Result<Created<String>, StatusCode> {
        let number = count.0.fetch_add(1, Ordering::SeqCst);
        match new.name.as_str() {
            "refused" => Err(StatusCode::CONFLICT),
            name => Ok(Created::at(format!("/users/{number}"), format!("{name} {number}"))),
        }
    }

    #[post("/accounts/{id}/deposits")]
    #[idempotent(key = header("idempotency-key"), verify = new.name)]
    async fn deposit(#[path] id: u32, #[body] new: New) -> StatusCode {
        let _ = (id, new);
        StatusCode::ACCEPTED
    }

    #[post("/secrets")]
    #[idempotent(key = natural, data = "key-only")]
    async fn secret() -> &'static str {
        "hunter2"
    }

    #[post("/users/{id}/names")]
    #[idempotent(key = (id, header("idempotency-key")))]
    #[deadline(margin = "1s")]
    async fn rename(id: u32, count: &Count) -> StatusCode {
        let _ = id;
        match count.0.fetch_add(1, Ordering::SeqCst) {
            0 => StatusCode::BAD_GATEWAY,
            1 => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                StatusCode::OK
            }
            _ => StatusCode::ACCEPTED,
        }
    }
}

// Attributes stand in any order.
#[idempotent(key = natural)]
#[handler(http)]
mod shop {
    use super::*;

    #[post("/orders")]
    async fn order(count: &Count) -> String {
        format!("order {}", count.0.fetch_add(1, Ordering::SeqCst))
    }

    #[post("/orders/{id}/cancel")]
    async fn cancel(id: u32, count: &Count) -> String {
        format!("cancelled {id} {}", count.0.fetch_add(1, Ordering::SeqCst))
    }

    #[get("/orders")]
    async fn list(count: &Count) -> String {
        format!("list {}", count.0.fetch_add(1, Ordering::SeqCst))
    }
}

#[handler(http)]
mod records {
    use super::*;

    #[put("/record")]
    #[delete("/record")]
    #[idempotent(key = natural)]
    async fn change(count: &Count) -> Response {
        let number = count.0.fetch_add(1, Ordering::SeqCst);
        let headers = [("set-cookie", "a=1"), ("set-cookie", "b=2"), ("x-latin", "a")];
        let mut response = (StatusCode::CREATED, vec![0, 255, u8::try_from(number).unwrap()]).into_response();
        for (name, value) in headers {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        response
    }
}

#[handler(http)]
mod options {
    use super::*;

    #[post("/waits")]
    #[idempotent(key = header("idempotency-key"), in_progress = "wait")]
    async fn waits(count: &Count) -> String {
        tokio::time::sleep(Duration::from_secs(1)).await;
        count.0.fetch_add(1, Ordering::SeqCst).to_string()
    }

    #[post("/without")]
    #[idempotent(key = header("idempotency-key"), missing_key = "run")]
    async fn without(count: &Count) -> String {
        count.0.fetch_add(1, Ordering::SeqCst).to_string()
    }

    #[post("/key-only")]
    #[idempotent(key = header("idempotency-key"), data = "key-only")]
    async fn key_only(count: &Count) -> String {
        count.0.fetch_add(1, Ordering::SeqCst).to_string()
    }

    #[post("/cached")]
    #[idempotent(key = header("idempotency-key"), cache = 1, lease = "1s")]
    async fn cached(#[query(default = 0)] ms: u64, count: &Count) -> String {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        count.0.fetch_add(1, Ordering::SeqCst).to_string()
    }
}

/// Two modules of one name, with a route of one name each.
mod teas {
    #[lambkin::routes]
    pub mod routes {
        #[post("/")]
        #[idempotent(key = header("idempotency-key"), verify = size)]
        async fn create(#[query(default = "M")] size: &str) -> String {
            format!("a tea, {size}")
        }
    }
}

mod cakes {
    #[lambkin::routes]
    pub mod routes {
        #[post("/")]
        #[idempotent(key = header("idempotency-key"), verify = size)]
        async fn create(#[query(default = "M")] size: &str) -> String {
            format!("a cake, {size}")
        }
    }
}

#[handler(http)]
mod mounted {
    #[mount("/teas")]
    use crate::idempotent::teas::routes as teas;

    #[mount("/cakes")]
    use crate::idempotent::cakes::routes as cakes;

    #[mount("/")]
    use crate::idempotent::parts::routes as parts;
}

mod parts {
    use lambkin::prelude::*;

    #[routes("/parts")]
    #[idempotent(key = header("x-key"), expires = "1h")]
    pub mod routes {
        use std::sync::atomic::Ordering;

        use super::super::Count;

        #[post("/")]
        async fn create(count: &Count) -> String {
            format!("part {}", count.0.fetch_add(1, Ordering::SeqCst))
        }
    }
}

mod app {
    use super::{api, count, mounted, options, records, shop};
    lambkin::app! { init: [count], handlers: [api, options, records, shop, mounted] }
}

async fn send(app: &TestApp<app::App>, handler: &str, request: Request) -> http::Response {
    app.invoke(handler, request).remaining(Duration::from_secs(3)).await.http()
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_ones_response() {
    let app = TestApp::<app::App>::new();
    let post = async |key: Option<&str>, name: &str| {
        let request = Request::post("/users").json(&json!({"name": name}));
        send(&app, "api", key.iter().fold(request, |request, key| request.header("Idempotency-Key", key))).await
    };
    let first = post(Some("\"8e03978e\""), "ada").await;
    assert_eq!((first.status, first.text(), first.header("location")), (201, "\"ada 0\"", Some("/users/0")));
    assert_eq!(first.header("idempotent-replayed"), None);
    let second = post(Some("8e03978e"), "ada").await;
    assert_eq!((second.status, second.text(), second.header("location")), (201, "\"ada 0\"", Some("/users/0")));
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_eq!(second.header("content-type"), Some("application/json"));

    let other = post(Some("8e03978e"), "grace").await;
    assert_eq!((other.status, other.header("content-type")), (422, Some("application/problem+json")));
    assert_eq!(post(None, "ada").await.status, 400);
    assert_eq!(post(Some(" "), "ada").await.status, 400);
    // An error gives the key back.
    assert_eq!(post(Some("k"), "refused").await.status, 409);
    assert_eq!(post(Some("k"), "ada").await.text(), "\"ada 2\"");
}

#[tokio::test(start_paused = true)]
async fn a_failed_server_is_tried_again() {
    let app = TestApp::<app::App>::new();
    let post = async || send(&app, "api", Request::post("/users/7/names").header("idempotency-key", "k")).await;
    assert_eq!(post().await.status, 502);
    let late = post().await;
    assert_eq!((late.status, late.header("retry-after")), (503, Some("1")));
    // What it did is unknown, so its lease has to end first.
    let taken = post().await;
    assert_eq!(taken.status, 409, "{taken:?}");
    let seconds: u32 = taken.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn a_module_says_it_for_all_that_change_something() {
    let app = TestApp::<app::App>::new();
    let with_key = |request: Request| request.header("idempotency-key", "k");
    assert_eq!(send(&app, "shop", with_key(Request::post("/orders"))).await.text(), "order 0");
    assert_eq!(send(&app, "shop", with_key(Request::post("/orders"))).await.text(), "order 0");
    // Another route, and then another path of it.
    assert_eq!(send(&app, "shop", with_key(Request::post("/orders/1/cancel"))).await.text(), "cancelled 1 1");
    assert_eq!(send(&app, "shop", with_key(Request::post("/orders/2/cancel"))).await.status, 422);
    // Another caller's.
    let caller = with_key(Request::post("/orders")).claims(json!({"sub": "ada"}));
    assert_eq!(send(&app, "shop", caller).await.text(), "order 2");
    assert_eq!(send(&app, "shop", Request::post("/orders")).await.status, 400);
    assert_eq!(send(&app, "shop", Request::get("/orders")).await.text(), "list 3");
    assert_eq!(send(&app, "shop", Request::get("/orders")).await.text(), "list 4");
}

#[tokio::test]
async fn routes_of_one_name_in_different_modules_have_keys_of_their_own() {
    let app = TestApp::<app::App>::new();
    let post = async |path: &str| send(&app, "mounted", Request::post(path).header("idempotency-key", "k")).await;
    for replayed in [None, Some("true")] {
        for (path, made) in [("/teas", "a tea, M"), ("/cakes", "a cake, M")] {
            let response = post(path).await;
            assert_eq!((response.text(), response.header("idempotent-replayed")), (made, replayed));
        }
    }
}

#[tokio::test]
async fn a_mounted_module_says_it_for_itself() {
    let app = TestApp::<app::App>::new();
    let post = async |key| send(&app, "mounted", Request::post("/parts").header("x-key", key)).await;
    assert_eq!(post("k").await.text(), "part 0");
    assert_eq!(post("k").await.text(), "part 0");
    assert_eq!(post("other").await.text(), "part 1");
    assert_eq!(send(&app, "mounted", Request::post("/parts")).await.status, 400);
}

#[tokio::test]
async fn a_key_is_for_one_method() {
    let app = TestApp::<app::App>::new();
    let with = async |request: Request| send(&app, "records", request.header("idempotency-key", "k")).await;
    let first = with(Request::put("/record")).await;
    assert_eq!((first.status, &*first.body), (201, &[0, 255, 0][..]));
    assert_eq!(with(Request::delete("/record")).await.status, 422);
    let again = with(Request::put("/record")).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    let others: Vec<_> = again.headers.iter().filter(|(name, _)| name != "idempotent-replayed").cloned().collect();
    assert_eq!(others, first.headers);
}

#[tokio::test(start_paused = true)]
async fn options_hold_for_routes() {
    let app = TestApp::<app::App>::new();
    let post = async |path: &str, key: Option<&str>| {
        let request = key.iter().fold(Request::post(path), |request, key| request.header("idempotency-key", key));
        send(&app, "options", request).await
    };
    let (first, second) = tokio::join!(post("/waits", Some("k")), post("/waits", Some("k")));
    assert_eq!((first.text(), second.text()), ("0", "0"));
    assert_ne!(first.header("idempotent-replayed"), second.header("idempotent-replayed"));
    assert_eq!((post("/without", None).await.text(), post("/without", None).await.text()), ("1", "2"));
    assert_eq!((post("/without", Some("k")).await.text(), post("/without", Some("k")).await.text()), ("3", "3"));
    assert_eq!(post("/key-only", Some("k")).await.text(), "4");
    let gone = post("/key-only", Some("k")).await;
    assert_eq!((gone.status, gone.header("content-type")), (409, Some("application/problem+json")));
    for key in ["a", "b", "a"] {
        let cached = post("/cached", Some(key)).await;
        assert_eq!(cached.text(), if key == "a" { "5" } else { "6" });
    }
    // As with the header twice, in whatever quotes: a key of its own.
    let twice = Request::post("/cached").header("idempotency-key", "a").header("idempotency-key", "b");
    assert_eq!(send(&app, "options", twice).await.text(), "7");
    let odd = "\u{1}\"".repeat(100_000);
    assert_eq!(post("/cached", Some(&odd)).await.text(), "8");
    assert_eq!(post("/cached", Some(&odd)).await.text(), "8");
    let late = post("/cached?ms=2000", Some("late")).await;
    assert_eq!(late.status, 503, "its lease was over");
}

/// Without an authoriser nobody is known, and still nobody is told what another one got.
#[tokio::test]
async fn a_key_is_of_one_caller() {
    let app = TestApp::<app::App>::new();
    let order = async |who: Option<&str>| {
        let request = Request::post("/orders").header("idempotency-key", "k");
        let request = who.iter().fold(request, |request, who| request.header("authorization", who));
        send(&app, "shop", request).await.text().to_owned()
    };
    assert_eq!(order(Some("Bearer ada")).await, "order 0");
    assert_eq!(order(Some("Bearer eve")).await, "order 1");
    assert_eq!(order(None).await, "order 2");
    assert_eq!(order(Some("Bearer ada")).await, "order 0");
}

/// What is verified is verified where it was used.
#[tokio::test]
async fn a_key_is_for_one_path() {
    let app = TestApp::<app::App>::new();
    let deposit = async |account: u32| {
        let request = Request::post(&format!("/accounts/{account}/deposits")).header("idempotency-key", "k");
        send(&app, "api", request.json(&json!({"name": "ada"}))).await.status
    };
    assert_eq!(deposit(1).await, 202);
    assert_eq!(deposit(1).await, 202);
    assert_eq!(deposit(2).await, 422);
}

#[tokio::test]
async fn a_response_that_is_not_kept_is_not_told_again() {
    let app = TestApp::<app::App>::new();
    let post = async || send(&app, "api", Request::post("/secrets").header("idempotency-key", "k")).await;
    assert_eq!(post().await.status, 200);
    let again = post().await;
    assert_eq!((again.status, again.header("retry-after")), (409, None));
}
