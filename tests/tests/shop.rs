//! The example of a shop: a client's whole story, over HTTP.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE, VARY};
use http::{Request, Response, StatusCode};
use lambkin_e2e::binaries::{debug, example_event};
use lambkin_e2e::tool::run;
use lambkin_e2e::{Client, Served, within};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const FRONT_END: &str = "http://localhost:8080";

struct Shop {
    served: Served,
    address: SocketAddr,
}

impl Shop {
    async fn open() -> Self {
        Self::start(&[], []).await
    }

    async fn start<'v>(arguments: &[&str], variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        let mut served = Served::start_with(&debug().example("shop"), arguments, variables);
        let address = served.address("api").await;
        Self { served, address }
    }

    async fn client(&self) -> Client {
        Client::connect(self.address).await
    }
}

fn json_of(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap_or_else(|error| panic!("{error}: {response:?}"))
}

fn header(response: &Response<Bytes>, name: impl http::header::AsHeaderName) -> Option<&str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// The status of what has to be a problem, and what it says in detail.
fn problem(response: &Response<Bytes>) -> (u16, Option<String>) {
    let status = response.status().as_u16();
    let problem = json_of(response);
    assert_eq!(header(response, CONTENT_TYPE), Some("application/problem+json"), "{response:?}");
    assert_eq!(problem["status"], status, "{response:?}");
    (status, problem["detail"].as_str().map(str::to_owned))
}

async fn order(client: &mut Client, key: &str, product: &str, count: u32) -> Response<Bytes> {
    let request = Request::post("/orders").header(CONTENT_TYPE, "application/json").header("idempotency-key", key);
    client.send(request, json!({ "product": product, "count": count }).to_string()).await
}

/// What a piece of work comes to: closing the connection is the answer.
struct Work {
    line: String,
    _connection: BufReader<TcpStream>,
}

async fn asked(workshop: &TcpListener) -> Work {
    within("work for the workshop", async {
        let mut connection = BufReader::new(workshop.accept().await.unwrap().0);
        let mut line = String::new();
        connection.read_line(&mut line).await.unwrap();
        Work { line, _connection: connection }
    })
    .await
}

#[tokio::test]
async fn an_order_is_taken_once_for_its_key() {
    let shop = Shop::open().await;
    let mut client = shop.client().await;
    let first = order(&mut client, "\"k-1\"", "tea", 2).await;
    assert_eq!((first.status(), header(&first, LOCATION)), (StatusCode::CREATED, Some("/orders/1")));
    assert_eq!(json_of(&first), json!({ "id": 1, "product": "tea", "count": 2 }));
    assert_eq!(header(&first, "idempotent-replayed"), None);
    // With its key in quotes or without.
    let again = order(&mut client, "k-1", "tea", 2).await;
    assert_eq!((again.status(), header(&again, LOCATION)), (StatusCode::CREATED, Some("/orders/1")));
    assert_eq!(again.body(), first.body());
    assert_eq!(header(&again, "idempotent-replayed"), Some("true"));

    assert_eq!(problem(&order(&mut client, "k-1", "tea", 3).await).0, 422);
    let without = client.post_json("/orders", &json!({ "product": "tea", "count": 2 })).await;
    assert_eq!(problem(&without).0, 400);
    assert_eq!(json_of(&without)["title"], "Idempotency-Key is missing");

    // What is refused is not remembered: the key is free for an order that can be taken.
    let sold_out = order(&mut client, "k-2", "cake", 3).await;
    assert_eq!(problem(&sold_out), (409, Some("of `cake` there are 2 left".to_owned())));
    assert_eq!(json_of(&sold_out)["type"], "https://shop.example.com/problems/sold-out");
    assert_eq!(order(&mut client, "k-2", "cake", 2).await.status(), StatusCode::CREATED);

    let orders = json_of(&client.get("/orders").await);
    assert_eq!(orders["items"].as_array().unwrap().len(), 2, "{orders}");
}

#[tokio::test]
async fn a_second_request_does_not_run_beside_the_first() {
    let workshop = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let at = workshop.local_addr().unwrap().to_string();
    let shop = Shop::start(&[], [("SHOP_WORKSHOP", at.as_str())]).await;
    let mut client = shop.client().await;
    let first = tokio::spawn(async move { order(&mut client, "k-1", "portrait", 1).await });
    let work = asked(&workshop).await;
    assert_eq!(work.line, "1 portrait\n");

    let mut client = shop.client().await;
    let second = order(&mut client, "k-1", "portrait", 1).await;
    assert_eq!(problem(&second).0, 409);
    let seconds: u64 = header(&second, RETRY_AFTER).unwrap().parse().unwrap();
    assert!((1..=11).contains(&seconds), "{seconds}");

    drop(work);
    let first = within("the first request", first).await.unwrap();
    assert_eq!(first.status(), StatusCode::CREATED);
    let third = order(&mut client, "k-1", "portrait", 1).await;
    assert_eq!((third.body(), header(&third, "idempotent-replayed")), (first.body(), Some("true")));
}

#[tokio::test]
async fn what_fails_inside_stays_inside_and_can_be_tried_again() {
    let workshop = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let at = workshop.local_addr().unwrap().to_string();
    let mut shop = Shop::start(&[], [("SHOP_WORKSHOP", at.as_str())]).await;
    drop(workshop);
    let mut client = shop.client().await;
    for _ in 0..2 {
        let response = order(&mut client, "k-1", "portrait", 1).await;
        assert_eq!(problem(&response), (502, None));
        assert_eq!(header(&response, "idempotent-replayed"), None);
    }
    shop.served.process.line(|line| line.contains(&format!("the workshop at {at} does not answer"))).await;

    let closed = Shop::open().await;
    let response = order(&mut closed.client().await, "k-1", "portrait", 1).await;
    assert_eq!((problem(&response), header(&response, RETRY_AFTER)), ((503, None), Some("60")));
}

#[tokio::test]
async fn what_takes_too_long_is_answered_in_time() {
    let workshop = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let at = workshop.local_addr().unwrap().to_string();
    let shop = Shop::start(&["--deadline", "3s"], [("SHOP_WORKSHOP", at.as_str())]).await;
    let mut client = shop.client().await;
    let late = order(&mut client, "k-1", "portrait", 1).await;
    assert_eq!((problem(&late), header(&late, RETRY_AFTER)), ((503, None), Some("1")));
    // Whether the workshop has begun is not known, so the key is not free yet.
    assert_eq!(problem(&order(&mut client, "k-1", "portrait", 1).await).0, 409);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let shop = Shop::open().await;
    let mut client = shop.client().await;
    for number in 1..=5 {
        assert_eq!(order(&mut client, &format!("k-{number}"), "tea", number).await.status(), StatusCode::CREATED);
    }
    let (mut pages, mut path) = (Vec::<Vec<u64>>::new(), "/orders?limit=2".to_owned());
    loop {
        let page = json_of(&client.get(&path).await);
        pages.push(page["items"].as_array().unwrap().iter().map(|order| order["id"].as_u64().unwrap()).collect());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/orders?limit=2&after={next}");
    }
    assert_eq!(pages, [vec![1, 2], vec![3, 4], vec![5]]);

    let wrong = client.get("/orders?limit=many&after=here").await;
    assert_eq!(problem(&wrong).0, 400);
    let names: Vec<Value> = json_of(&wrong)["errors"].as_array().unwrap().iter().map(|e| e["name"].clone()).collect();
    assert_eq!(names, ["after", "limit"]);
}

#[tokio::test]
async fn what_is_not_there_says_so() {
    let shop = Shop::open().await;
    let mut client = shop.client().await;
    for path in ["/products/coffee", "/products/cake/picture", "/orders/7", "/nowhere"] {
        assert_eq!(problem(&client.get(path).await).0, 404, "{path}");
    }
    let detail = problem(&client.get("/products/cr%C3%A8me%20br%C3%BBl%C3%A9e").await).1;
    assert_eq!(detail.as_deref(), Some("there is no product `crème brûlée`"));
    assert_eq!(problem(&client.get("/orders/seven").await).0, 400);

    let other = client.send(Request::put("/orders"), "").await;
    assert_eq!((problem(&other).0, header(&other, ALLOW)), (405, Some("GET, HEAD, POST")));
    let asked = client.send(Request::options("/orders/1"), "").await;
    assert_eq!((asked.status(), header(&asked, ALLOW)), (StatusCode::NO_CONTENT, Some("GET, HEAD, DELETE")));

    order(&mut client, "k-1", "tea", 1).await;
    let delete = client.send(Request::delete("/orders/1"), "").await;
    assert_eq!((delete.status(), delete.body().len()), (StatusCode::NO_CONTENT, 0));
    assert_eq!(problem(&client.send(Request::delete("/orders/1"), "").await).0, 404);
}

#[tokio::test]
async fn bodies_are_json_texts_and_bytes() {
    let shop = Shop::open().await;
    let mut client = shop.client().await;
    let products = json_of(&client.get("/products?up_to=1000&word=cake").await);
    assert_eq!(products, json!([{ "sku": "cake", "title": "Lemon cake", "cents": 320, "is_made_to_order": false }]));

    let home = client.get("/").await;
    assert_eq!(
        (header(&home, CONTENT_TYPE), &home.body()[..]),
        (Some("text/plain; charset=utf-8"), &b"Welcome!\n"[..])
    );
    let cookie = header(&client.get("/products/tea").await, SET_COOKIE).unwrap().to_owned();
    assert!(cookie.starts_with("last_seen=tea; "), "{cookie}");
    let home = client.send(Request::get("/").header(COOKIE, "theme=dark; last_seen=tea"), "").await;
    assert_eq!(home.body(), "Welcome back! You were looking at: tea\n");

    let picture = client.get("/products/tea/picture").await;
    assert_eq!((header(&picture, CONTENT_TYPE), &picture.body()[..4]), (Some("image/png"), &b"\x89PNG"[..]));
    let head = client.send(Request::head("/products/tea/picture"), "").await;
    assert_eq!((head.status(), header(&head, CONTENT_TYPE)), (StatusCode::OK, Some("image/png")));
    assert!(head.body().is_empty());
    let put = |kind: &str| Request::put("/products/cake/picture").header(CONTENT_TYPE, kind);
    let bytes = Bytes::from_static(b"\x89PNG\r\n\x1a\n\x00\xff");
    assert_eq!(problem(&client.send(put("text/html"), bytes.clone()).await).0, 415);
    assert_eq!(client.send(put("image/png"), bytes.clone()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(client.get("/products/cake/picture").await.body(), &bytes);
}

#[tokio::test]
async fn the_front_end_is_allowed_in_and_others_are_not() {
    let shop = Shop::open().await;
    let mut client = shop.client().await;
    let preflight = |origin: &str| {
        let request = Request::options("/orders").header(ORIGIN, origin);
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "content-type,idempotency-key")
    };
    let answer = client.send(preflight(FRONT_END), "").await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let expected = [
        ("access-control-allow-origin", FRONT_END),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "GET, HEAD, POST"),
        ("access-control-allow-headers", "content-type, idempotency-key"),
        ("access-control-max-age", "3600"),
        ("vary", "origin, access-control-request-method, access-control-request-headers"),
    ];
    for (name, value) in expected {
        assert_eq!(header(&answer, name), Some(value), "{name}");
    }
    let refused = client.send(preflight("http://localhost:8081"), "").await;
    assert!(refused.headers().keys().all(|name| !name.as_str().starts_with("access-control-")), "{refused:?}");

    // Every answer says it, whatever became of the request.
    for (path, status) in [("/products", 200), ("/products/coffee", 404), ("/products?up_to=x", 400), ("/nowhere", 404)]
    {
        let answer = client.send(Request::get(path).header(ORIGIN, FRONT_END), "").await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(FRONT_END), "{path}");
        assert_eq!(
            header(&answer, "access-control-expose-headers"),
            Some("location, retry-after, idempotent-replayed")
        );
        assert_eq!(header(&answer, VARY), Some("origin"), "{path}");
        let other = client.send(Request::get(path).header(ORIGIN, "http://localhost:8081"), "").await;
        assert_eq!((header(&other, "access-control-allow-origin"), header(&other, VARY)), (None, Some("origin")));
    }
}

#[tokio::test]
async fn one_event_runs_without_a_server() {
    let event = example_event("shop", "order");
    let output = run(&debug().example("shop"), &[event.to_str().unwrap()], "").await;
    let response = output.response();
    assert_eq!((&response["statusCode"], &response["headers"]["location"]), (&json!(201), &json!("/orders/1")));
    assert_eq!(response["headers"]["access-control-allow-origin"], "https://shop.example.com");
}

#[tokio::test]
async fn the_manifest_has_the_routes_of_all_modules() {
    let manifest = run(&debug().example("shop"), &["manifest"], "").await.response();
    let shop = &manifest["functions"][0];
    assert_eq!((&shop["trigger"]["source"], &shop["deadline_margin_ms"]), (&json!("http"), &json!(1000)));
    assert_eq!(shop["cors"]["origins"], json!(["https://shop.example.com", FRONT_END]));
    assert_eq!((&shop["cors"]["credentials"], &shop["cors"]["max_age"]), (&json!(true), &json!(3600)));
    let routes = shop["routes"].as_array().unwrap();
    let route = |function: &str| routes.iter().find(|route| route["function"] == function).unwrap();
    assert_eq!(*route("show"), json!({ "methods": ["GET"], "path": "/products/{sku}", "function": "show" }));
    let create = routes.iter().find(|route| route["path"] == "/orders" && route["methods"] == json!(["POST"])).unwrap();
    assert_eq!(create["idempotency"]["expires_ms"], 86_400_000, "{create}");
    let body = &create["schema"];
    assert_eq!((&body["title"], &body["required"]), (&json!("NewOrder"), &json!(["product", "count"])), "{create}");
    assert!(routes.iter().all(|route| route.get("schema").is_some() == (route == create)), "{shop}");
    // What the modules borrow between them.
    assert_eq!(shop["init"], json!(["shelf", "workshop", "records"]));
}
