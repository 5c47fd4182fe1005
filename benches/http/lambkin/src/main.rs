//! The 24 routes of a shop with lambkin.

use lambkin::prelude::*;
use lambkin_bench_http_shop::{
    Cart, Found, Health, Line, NewCart, NewOrder, NewProduct, NewReview, NewUser, Order, Product, Review, User,
    UserPatch,
};

#[derive(Debug, thiserror::Error, HttpError)]
enum Missing {
    #[error("there is no user {0}")]
    #[status(404)]
    User(u64),
    #[error("there is no product {0}")]
    #[status(404)]
    Product(u64),
    #[error("there is no order {0}")]
    #[status(404)]
    Order(u64),
    #[error("order {order} has no line {line}")]
    #[status(404)]
    Line { order: u64, line: u64 },
    #[error("there is no cart {0}")]
    #[status(404)]
    Cart(u64),
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
    async fn user(id: u64) -> Result<Json<User>, Missing> {
        User::find(id).map(Json).ok_or(Missing::User(id))
    }

    #[put("/users/{id}")]
    async fn replace_user(id: u64, #[body] new: NewUser) -> Result<Json<User>, Missing> {
        User::replace(id, new).map(Json).ok_or(Missing::User(id))
    }

    #[patch("/users/{id}")]
    async fn patch_user(id: u64, #[body] patch: UserPatch) -> Result<Json<User>, Missing> {
        User::patch(id, patch).map(Json).ok_or(Missing::User(id))
    }

    #[delete("/users/{id}")]
    async fn remove_user(id: u64) -> Result<NoContent, Missing> {
        if User::remove(id) { Ok(NoContent) } else { Err(Missing::User(id)) }
    }

    #[get("/users/{id}/orders")]
    async fn orders_of_user(id: u64) -> Result<Json<Vec<Order>>, Missing> {
        Order::of(id).map(Json).ok_or(Missing::User(id))
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
    async fn product(id: u64) -> Result<Json<Product>, Missing> {
        Product::find(id).map(Json).ok_or(Missing::Product(id))
    }

    #[get("/products/{id}/reviews")]
    async fn reviews(id: u64) -> Result<Json<Vec<Review>>, Missing> {
        Review::of(id).map(Json).ok_or(Missing::Product(id))
    }

    #[post("/products/{id}/reviews")]
    async fn create_review(id: u64, #[body] new: NewReview) -> Result<Created<Review>, Missing> {
        Review::create(id, new).map(Created::new).ok_or(Missing::Product(id))
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
    async fn order(id: u64) -> Result<Json<Order>, Missing> {
        Order::find(id).map(Json).ok_or(Missing::Order(id))
    }

    #[post("/orders/{id}/cancel")]
    async fn cancel_order(id: u64) -> Result<Json<Order>, Missing> {
        Order::cancel(id).map(Json).ok_or(Missing::Order(id))
    }

    #[get("/orders/{id}/lines/{line}")]
    async fn line(id: u64, line: u64) -> Result<Json<Line>, Missing> {
        Order::line(id, line).map(Json).ok_or(Missing::Line { order: id, line })
    }

    #[get("/carts/{id}")]
    async fn cart(id: u64) -> Result<Json<Cart>, Missing> {
        Cart::find(id).map(Json).ok_or(Missing::Cart(id))
    }

    #[put("/carts/{id}")]
    async fn replace_cart(id: u64, #[body] new: NewCart) -> Json<Cart> {
        Json(Cart::replace(id, new))
    }

    #[delete("/carts/{id}")]
    async fn remove_cart(id: u64) -> Result<NoContent, Missing> {
        if Cart::remove(id) { Ok(NoContent) } else { Err(Missing::Cart(id)) }
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
