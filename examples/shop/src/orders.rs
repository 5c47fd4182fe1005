//! What the shop answers under `/orders`.

use lambkin::http::{Cursor, Page};
use lambkin::prelude::*;
use lambkin::schemars::{self, JsonSchema};

use crate::goods::{Order, Shelf, ShopError};
use crate::making::Workshop;
use crate::records;

/// An order as the front end sends it.
// `cargo lambkin event api --path /orders --method post` makes one after its schema.
#[derive(Deserialize, Serialize, JsonSchema)]
pub(crate) struct NewOrder<'a> {
    #[schemars(example = &"tea")]
    product: &'a str,
    count: u32,
}

/// Paths start behind the prefix at which `main.rs` mounts the module.
#[routes]
pub mod routes {
    use super::*;

    /// Takes an order. The front end gives each one a key of its own, and may send it as often as it has to: it is taken
    /// once. The same key with another order is a mistake, and refused.
    #[post("/")]
    #[idempotent(key = header("idempotency-key"), verify = order, expires = "24h", store = records)]
    async fn create(
        #[body] order: NewOrder<'_>,
        shelf: &Shelf,
        workshop: &Workshop,
    ) -> Result<Created<Order>, ShopError> {
        if shelf.product(order.product)?.is_made_to_order {
            workshop.make(order.product, order.count).await?;
        }
        let order = shelf.order(order.product, order.count)?;
        tracing::info!(order = order.id, "ordered");
        Ok(Created::at(format!("/orders/{}", order.id), order))
    }

    /// `?limit=2`, and `&after=…` with the `next` of the page before. A page ends before it is too large for Lambda.
    #[get("/")]
    pub(crate) async fn list(
        #[query] after: Option<Cursor<u64>>,
        #[query(default = 20)] limit: usize,
        shelf: &Shelf,
    ) -> Page<Order> {
        let orders = shelf.orders_after(after.map(Cursor::into_inner));
        Page::new().limit(limit).fill(orders, |order| order.id)
    }

    #[get("/{id}")]
    async fn show(id: u64, shelf: &Shelf) -> Result<Json<Order>, ShopError> {
        Ok(Json(shelf.find(id)?))
    }

    #[delete("/{id}")]
    async fn cancel(id: u64, shelf: &Shelf) -> Result<NoContent, ShopError> {
        shelf.cancel(id)?;
        Ok(NoContent)
    }
}
