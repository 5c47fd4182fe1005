#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use lambkin::testing::TestApp;
use lambkin::testing::http::Request;
use serde_json::{Value, json};

use super::*;

fn order(product: &str, count: u32) -> Request {
    Request::post("/orders").json(&json!({"product": product, "count": count}))
}

#[tokio::test]
async fn an_order_is_taken_once_for_its_key() {
    let app = TestApp::<App>::new();
    for replayed in [None, Some("true")] {
        let response = app.invoke("api", order("cake", 2).header("idempotency-key", "k-1")).await.http();
        assert_eq!((response.status, response.header("location")), (201, Some("/orders/1")));
        assert_eq!(response.header("idempotent-replayed"), replayed);
    }
    let response = app.invoke("api", order("cake", 1).header("idempotency-key", "k-2")).await.http();
    assert_eq!(response.status, 409);
    assert_eq!(response.json::<Value>()["detail"], "of `cake` there are 0 left");
}

#[tokio::test]
async fn what_is_cancelled_can_be_sold_again() {
    let app = TestApp::<App>::new();
    for key in ["k-1", "k-2"] {
        let created = app.invoke("api", order("cake", 2).header("idempotency-key", key)).await.http();
        assert_eq!(created.status, 201);
        let location = created.header("location").unwrap();
        assert_eq!(app.invoke("api", Request::delete(location)).await.http().status, 204);
        assert_eq!(app.invoke("api", Request::get(location)).await.http().status, 404);
    }
}

#[tokio::test]
async fn the_event_of_the_readme_is_an_order() {
    let app = TestApp::<App>::new();
    let response = app.invoke("api", include_str!("../events/order.json")).await.http();
    assert_eq!(response.json::<Value>(), json!({"id": 1, "product": "tea", "count": 2}));
}

/// A route is a function: what it does can be tested without a request.
#[tokio::test]
async fn a_route_is_a_function() {
    let shelf = Shelf::new();
    shelf.order("tea", 1).unwrap();
    let page = orders::routes::list(None, 20, &shelf).await;
    assert_eq!(page.to_json(), r#"{"items":[{"id":1,"product":"tea","count":1}]}"#);
}
