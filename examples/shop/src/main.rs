//! Sells over HTTP: products, orders, and a front end on another origin.
//!
//! ```sh
//! cargo run -q -p shop -- serve --port 3000
//! curl 'localhost:3000/products?up_to=500'
//! curl -i localhost:3000/orders -H 'idempotency-key: 8e03978e' --json '{"product": "tea", "count": 2}'
//! ```
//!
//! The last line once more makes no second order: its answer is the first one's, with `idempotent-replayed: true`.

mod goods;
mod making;
mod orders;

use lambkin::idempotency::{AnyStore, open};
use lambkin::prelude::*;

use crate::goods::{Product, Shelf, ShopError};
use crate::making::Workshop;

/// What is sold, and what was ordered. Each execution environment has its own: a real shop has a database here.
#[init]
async fn shelf() -> Result<Shelf, Error> {
    Ok(Shelf::new())
}

#[init]
async fn workshop() -> Result<Workshop, Error> {
    Workshop::from_env()
}

/// Where `#[idempotent]` keeps what it has answered. Orders end with this process, so the answers about them do too. Where a
/// database has the orders, leave this and `store = records` out: then `LAMBKIN_IDEMPOTENCY` names a table or a server.
#[init]
async fn records() -> Result<AnyStore, Error> {
    Ok(open("memory:").await?)
}

/// One function for all routes. What its attributes say about CORS and time holds for the mounted ones as well.
#[handler(
    http(cors(
        // The page of the shop, and the same on a developer's machine.
        origins = ["https://shop.example.com", "http://localhost:8080"],
        // It sends cookies, and reads these headers besides those that every page may read.
        credentials = true,
        expose = ["location", "retry-after", "idempotent-replayed"],
        max_age = "1h",
    )),
    timeout = "10s",
    memory = 256
)]
#[deadline(margin = "1s")]
mod api {
    use lambkin::http::header::{CONTENT_TYPE, SET_COOKIE};
    use lambkin::http::{HeaderName, IntoResponse};

    use super::*;

    #[mount("/orders")]
    use crate::orders::routes as orders;

    /// A text; the cookie is there from the second visit on.
    #[get("/")]
    async fn home(#[cookie] last_seen: Option<&str>) -> String {
        match last_seen {
            Some(product) => format!("Welcome back! You were looking at: {product}\n"),
            None => "Welcome!\n".to_owned(),
        }
    }

    /// `?up_to=500&word=tea`: both may be absent, and one of them has a default.
    #[get("/products")]
    async fn list(
        #[query(default = u32::MAX)] up_to: u32,
        #[query] word: Option<&str>,
        shelf: &Shelf,
    ) -> Json<Vec<Product>> {
        let mut products = shelf.products();
        products.retain(|product| product.cents <= up_to && word.is_none_or(|word| product.title.contains(word)));
        Json(products)
    }

    /// `sku` is the segment of the path, by its name. A tuple adds headers to a response.
    #[get("/products/{sku}")]
    async fn show(sku: &str, shelf: &Shelf) -> Result<([(HeaderName, String); 1], Json<Product>), ShopError> {
        let product = shelf.product(sku)?;
        let cookie = format!("last_seen={}; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax", product.sku);
        Ok(([(SET_COOKIE, cookie)], Json(product)))
    }

    /// Bytes are a response too, of whatever type the header says.
    #[get("/products/{sku}/picture")]
    async fn picture(sku: &str, shelf: &Shelf) -> Result<impl IntoResponse, ShopError> {
        Ok(([(CONTENT_TYPE, "image/png")], shelf.picture(sku)?))
    }

    /// The body as it is: any other type than bytes and texts is decoded from JSON.
    #[put("/products/{sku}/picture")]
    async fn replace_picture(
        sku: &str,
        #[header] content_type: &str,
        #[body] picture: Vec<u8>,
        shelf: &Shelf,
    ) -> Result<NoContent, ShopError> {
        if content_type != "image/png" {
            return Err(ShopError::NotAPicture);
        }
        shelf.set_picture(sku, picture)?;
        Ok(NoContent)
    }
}

lambkin::main! {
    init: [shelf, workshop, records],
    handlers: [api],
}

#[cfg(test)]
mod tests;
