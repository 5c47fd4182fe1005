//! The 24 routes of a shop with lambkin.

use lambkin::prelude::*;
use lambkin_bench_http_shop::{
    Cart, Found, Health, Line, NewCart, NewOrder, NewProduct, NewReview, NewUser, Order, Product, Review, User,
    UserPatch,
};

#[derive(Debug, thiserror::Error, HttpError)]
enum ApiError {
    #[error("there is no user {0}")]
    #[status(404)]
    NoSuchUser(u64),
    #[error("there is no product {0}")]
    #[status(404)]
    NoSuchProduct(u64),
    #[error("there is no order {0}")]
    #[status(404)]
    NoSuchOrder(u64),
    #[error("order {order} has no line {line}")]
    #[status(404)]
    NoSuchLine { order: u64, line: u64 },
    #[error("there is no cart {0}")]
    #[status(404)]
    NoSuchCart(u64),
}

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> &'static str {
        "Welcome!"
    }

    #[get("/health")]
    async fn health() -> Json<Health> {
        Json(Health::good())
    }

    #[get("/users")]
    async fn users() -> Json<Vec<User>> {
        Json(User::page())
    }

    #[post("/users")]
    async fn create_user(#[body] new: NewUser) -> Created<User> {
        Created::new(User::create(new))
    }

    #[get("/users/{id}")]
    async fn user(id: u64) -> Result<Json<User>, ApiError> {
        User::find(id).map(Json).ok_or(ApiError::NoSuchUser(id))
    }

    #[put("/users/{id}")]
    async fn replace_user(id: u64, #[body] new: NewUser) -> Result<Json<User>, ApiError> {
        User::replace(id, new).map(Json).ok_or(ApiError::NoSuchUser(id))
    }

    #[patch("/users/{id}")]
    async fn patch_user(id: u64, #[body] patch: UserPatch) -> Result<Json<User>, ApiError> {
        User::patch(id, patch).map(Json).ok_or(ApiError::NoSuchUser(id))
    }

    #[delete("/users/{id}")]
    async fn remove_user(id: u64) -> Result<NoContent, ApiError> {
        if User::remove(id) { Ok(NoContent) } else { Err(ApiError::NoSuchUser(id)) }
    }

    #[get("/users/{id}/orders")]
    async fn orders_of_user(id: u64) -> Result<Json<Vec<Order>>, ApiError> {
        Order::of(id).map(Json).ok_or(ApiError::NoSuchUser(id))
    }

    #[get("/products")]
    async fn products() -> Json<Vec<Product>> {
        Json(Product::page())
    }

    #[post("/products")]
    async fn create_product(#[body] new: NewProduct) -> Created<Product> {
        Created::new(Product::create(new))
    }

    #[get("/products/{id}")]
    async fn product(id: u64) -> Result<Json<Product>, ApiError> {
        Product::find(id).map(Json).ok_or(ApiError::NoSuchProduct(id))
    }

    #[get("/products/{id}/reviews")]
    async fn reviews(id: u64) -> Result<Json<Vec<Review>>, ApiError> {
        Review::of(id).map(Json).ok_or(ApiError::NoSuchProduct(id))
    }

    #[post("/products/{id}/reviews")]
    async fn create_review(id: u64, #[body] new: NewReview) -> Result<Created<Review>, ApiError> {
        Review::create(id, new).map(Created::new).ok_or(ApiError::NoSuchProduct(id))
    }

    #[get("/orders")]
    async fn orders(#[query] page: Option<u32>, #[query] status: Option<String>) -> Json<Vec<Order>> {
        Json(Order::page(page, status))
    }

    #[post("/orders")]
    async fn create_order(#[body] new: NewOrder) -> Created<Order> {
        Created::new(Order::create(new))
    }

    #[get("/orders/{id}")]
    async fn order(id: u64) -> Result<Json<Order>, ApiError> {
        Order::find(id).map(Json).ok_or(ApiError::NoSuchOrder(id))
    }

    #[post("/orders/{id}/cancel")]
    async fn cancel_order(id: u64) -> Result<Json<Order>, ApiError> {
        Order::cancel(id).map(Json).ok_or(ApiError::NoSuchOrder(id))
    }

    #[get("/orders/{id}/lines/{line}")]
    async fn line(id: u64, line: u64) -> Result<Json<Line>, ApiError> {
        Order::line(id, line).map(Json).ok_or(ApiError::NoSuchLine { order: id, line })
    }

    #[get("/carts/{id}")]
    async fn cart(id: u64) -> Result<Json<Cart>, ApiError> {
        Cart::find(id).map(Json).ok_or(ApiError::NoSuchCart(id))
    }

    #[put("/carts/{id}")]
    async fn replace_cart(id: u64, #[body] new: NewCart) -> Json<Cart> {
        Json(Cart::replace(id, new))
    }

    #[delete("/carts/{id}")]
    async fn remove_cart(id: u64) -> Result<NoContent, ApiError> {
        if Cart::remove(id) { Ok(NoContent) } else { Err(ApiError::NoSuchCart(id)) }
    }

    #[get("/files/{*path}")]
    async fn file(path: String) -> String {
        format!("the file {path}\n")
    }

    #[get("/search")]
    async fn search(#[query] q: String, #[query] limit: Option<u32>) -> Json<Found> {
        Json(Found::search(q, limit))
    }
}

lambkin::main! { handlers: [api] }
