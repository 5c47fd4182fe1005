//! Writes orders from an SQS queue in bulk: one statement per batch, and a retry for the rows alone that need one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use lambkin::prelude::*;

/// An order as the shop sends it; its text is borrowed from the event.
#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
    total: u64,
}

/// A table of orders. A real one would hold a connection to a database.
#[derive(Default)]
struct Warehouse {
    rows: Mutex<BTreeMap<String, u64>>,
}

/// What the database says about a row that it did not take.
enum Refusal {
    /// There is a row of this identifier: the order was delivered twice.
    Duplicate,
    /// Somebody else holds the row at the moment.
    Locked,
    /// The row breaks a rule of the table, and always will.
    Rule(&'static str),
}

impl Warehouse {
    /// Inserts all rows at once; the indices of those that were refused, and why.
    async fn insert(&self, orders: &[&Order<'_>]) -> Result<Vec<(usize, Refusal)>, Error> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut refused = Vec::new();
        for (index, order) in orders.iter().enumerate() {
            if rows.contains_key(order.id) {
                refused.push((index, Refusal::Duplicate));
            } else if order.id.starts_with("locked-") {
                refused.push((index, Refusal::Locked));
            } else if order.total == 0 {
                refused.push((index, Refusal::Rule("an order has a total")));
            } else {
                rows.insert(order.id.to_owned(), order.total);
            }
        }
        Ok(refused)
    }
}

#[init]
async fn warehouse() -> Result<Warehouse, Error> {
    Ok(Warehouse::default())
}

/// Loads a batch of orders with one call.
///
/// An order that does not decode is not in the batch: it fails alone. An error, a panic or the deadline would fail
/// every order that is not marked.
#[handler(sqs(queue = "orders", batch_size = 1000, window = "10s"), timeout = "1m", memory = 512)]
#[deadline(margin = "5s")]
async fn load(batch: Batch<Order<'_>>, warehouse: &Warehouse) -> Result<Processed, Error> {
    let orders: Vec<&Order<'_>> = batch.iter().map(|entry| entry.payload()).collect();
    for (index, refusal) in warehouse.insert(&orders).await? {
        let Some(entry) = batch.get(index) else { continue };
        match refusal {
            Refusal::Duplicate => entry.done(),
            Refusal::Locked => entry.failed("the row is locked"),
            Refusal::Rule(rule) => entry.failed(Discard::new(rule)),
        }
    }
    tracing::info!(orders = batch.len(), "loaded");
    Ok(batch.rest_done())
}

lambkin::main! {
    init: [warehouse],
    handlers: [load],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use lambkin::testing::TestApp;
    use lambkin::testing::sqs::{Batch, Message};
    use serde_json::json;

    use super::*;

    fn order(id: &str, total: u64) -> Message {
        Message::json(&json!({"id": id, "total": total})).id(id)
    }

    #[tokio::test]
    async fn only_what_is_worth_it_comes_again() {
        let app = TestApp::<App>::new();
        let batch = Batch::new()
            .message(order("o-1", 20))
            .message(order("locked-1", 5))
            .message(order("o-2", 0))
            .message(Message::text("not an order").id("odd"))
            .message(order("o-3", 7));
        let done = app.invoke("load", batch).await;
        assert_eq!(done.failed(), ["locked-1", "odd"]);
        assert_eq!(done.discarded(), ["o-2"]);
        let rows = app.get::<Warehouse>().unwrap().rows.lock().unwrap();
        assert_eq!(rows.iter().map(|(id, total)| (&**id, *total)).collect::<Vec<_>>(), [("o-1", 20), ("o-3", 7)]);
    }

    #[tokio::test]
    async fn an_order_that_comes_twice_is_written_once() {
        let app = TestApp::<App>::new();
        for _ in 0..2 {
            let done = app.invoke("load", Batch::of([json!({"id": "o-1", "total": 20})])).await;
            assert_eq!(done.response(), json!({"batchItemFailures": []}));
        }
        assert_eq!(app.get::<Warehouse>().unwrap().rows.lock().unwrap().len(), 1);
    }
}
