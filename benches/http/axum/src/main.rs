//! The 24 routes of a shop as one writes them by hand: `axum`'s router and extractors on `lambda_http`.

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lambkin_bench_http_shop::{
    Cart, Found, Health, Line, NewCart, NewOrder, NewProduct, NewReview, NewUser, Order, Product, Review, User,
    UserPatch,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, thiserror::Error)]
enum Missing {
    #[error("there is no user {0}")]
    User(u64),
    #[error("there is no product {0}")]
    Product(u64),
    #[error("there is no order {0}")]
    Order(u64),
    #[error("order {order} has no line {line}")]
    Line { order: u64, line: u64 },
    #[error("there is no cart {0}")]
    Cart(u64),
}

impl Missing {
    fn status(&self) -> StatusCode {
        match self {
            Self::User(_) | Self::Product(_) | Self::Order(_) | Self::Line { .. } | Self::Cart(_) => {
                StatusCode::NOT_FOUND
            }
        }
    }
}

/// An error as RFC 9457 has it.
#[derive(Serialize)]
struct Problem {
    status: u16,
    title: Option<&'static str>,
    detail: String,
}

impl IntoResponse for Missing {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem { status: status.as_u16(), title: status.canonical_reason(), detail: self.to_string() };
        (status, [(CONTENT_TYPE, "application/problem+json")], Json(problem)).into_response()
    }
}

async fn home() -> &'static str {
    "Welcome!"
}

async fn health() -> Json<Health> {
    Json(Health::good())
}

async fn users() -> Json<Vec<User>> {
    Json(User::page())
}

async fn create_user(Json(new): Json<NewUser>) -> (StatusCode, Json<User>) {
    (StatusCode::CREATED, Json(User::create(new)))
}

async fn user(Path(id): Path<u64>) -> Result<Json<User>, Missing> {
    User::find(id).map(Json).ok_or(Missing::User(id))
}

async fn replace_user(Path(id): Path<u64>, Json(new): Json<NewUser>) -> Result<Json<User>, Missing> {
    User::replace(id, new).map(Json).ok_or(Missing::User(id))
}

async fn patch_user(Path(id): Path<u64>, Json(patch): Json<UserPatch>) -> Result<Json<User>, Missing> {
    User::patch(id, patch).map(Json).ok_or(Missing::User(id))
}

async fn remove_user(Path(id): Path<u64>) -> Result<StatusCode, Missing> {
    if User::remove(id) { Ok(StatusCode::NO_CONTENT) } else { Err(Missing::User(id)) }
}

async fn orders_of_user(Path(id): Path<u64>) -> Result<Json<Vec<Order>>, Missing> {
    Order::of(id).map(Json).ok_or(Missing::User(id))
}

async fn products() -> Json<Vec<Product>> {
    Json(Product::page())
}

async fn create_product(Json(new): Json<NewProduct>) -> (StatusCode, Json<Product>) {
    (StatusCode::CREATED, Json(Product::create(new)))
}

async fn product(Path(id): Path<u64>) -> Result<Json<Product>, Missing> {
    Product::find(id).map(Json).ok_or(Missing::Product(id))
}

async fn reviews(Path(id): Path<u64>) -> Result<Json<Vec<Review>>, Missing> {
    Review::of(id).map(Json).ok_or(Missing::Product(id))
}

async fn create_review(Path(id): Path<u64>, Json(new): Json<NewReview>) -> Result<(StatusCode, Json<Review>), Missing> {
    let review = Review::create(id, new).ok_or(Missing::Product(id))?;
    Ok((StatusCode::CREATED, Json(review)))
}

#[derive(Deserialize)]
struct OrdersQuery {
    page: Option<u32>,
    status: Option<String>,
}

async fn orders(Query(query): Query<OrdersQuery>) -> Json<Vec<Order>> {
    Json(Order::page(query.page, query.status))
}

async fn create_order(Json(new): Json<NewOrder>) -> (StatusCode, Json<Order>) {
    (StatusCode::CREATED, Json(Order::create(new)))
}

async fn order(Path(id): Path<u64>) -> Result<Json<Order>, Missing> {
    Order::find(id).map(Json).ok_or(Missing::Order(id))
}

async fn cancel_order(Path(id): Path<u64>) -> Result<Json<Order>, Missing> {
    Order::cancel(id).map(Json).ok_or(Missing::Order(id))
}

async fn line(Path((id, line)): Path<(u64, u64)>) -> Result<Json<Line>, Missing> {
    Order::line(id, line).map(Json).ok_or(Missing::Line { order: id, line })
}

async fn cart(Path(id): Path<u64>) -> Result<Json<Cart>, Missing> {
    Cart::find(id).map(Json).ok_or(Missing::Cart(id))
}

async fn replace_cart(Path(id): Path<u64>, Json(new): Json<NewCart>) -> Json<Cart> {
    Json(Cart::replace(id, new))
}

async fn remove_cart(Path(id): Path<u64>) -> Result<StatusCode, Missing> {
    if Cart::remove(id) { Ok(StatusCode::NO_CONTENT) } else { Err(Missing::Cart(id)) }
}

async fn file(Path(path): Path<String>) -> String {
    format!("the file {path}\n")
}

#[derive(Deserialize)]
struct SearchQuery {
    q: String,
    limit: Option<u32>,
}

async fn search(Query(query): Query<SearchQuery>) -> Json<Found> {
    Json(Found::search(query.q, query.limit))
}

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let app = Router::new()
        .route("/", get(home))
        .route("/health", get(health))
        .route("/users", get(users).post(create_user))
        .route("/users/{id}", get(user).put(replace_user).patch(patch_user).delete(remove_user))
        .route("/users/{id}/orders", get(orders_of_user))
        .route("/products", get(products).post(create_product))
        .route("/products/{id}", get(product))
        .route("/products/{id}/reviews", get(reviews).post(create_review))
        .route("/orders", get(orders).post(create_order))
        .route("/orders/{id}", get(order))
        .route("/orders/{id}/cancel", post(cancel_order))
        .route("/orders/{id}/lines/{line}", get(line))
        .route("/carts/{id}", get(cart).put(replace_cart).delete(remove_cart))
        .route("/files/{*path}", get(file))
        .route("/search", get(search));
    lambda_http::run(app).await
}
