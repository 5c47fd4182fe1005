//! Fulfils orders from an SQS queue: a batch with one bad record retries that record and no other.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

use lambkin::prelude::*;

/// An order as the shop sends it; its text is borrowed from the event.
#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
    sku: &'a str,
    quantity: u32,
}

/// What is in stock. A real one would hold a client of a database.
struct Stock {
    left: Mutex<HashMap<String, u32>>,
}

impl Stock {
    async fn take(&self, order: &Order<'_>) -> Result<u32, FulfilError> {
        let mut left = self.left.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let left = left.get_mut(order.sku).ok_or(FulfilError::UnknownSku)?;
        *left = left.checked_sub(order.quantity).ok_or(FulfilError::OutOfStock)?;
        Ok(*left)
    }
}

#[derive(Debug)]
enum FulfilError {
    /// Somebody may restock before the next delivery.
    OutOfStock,
    /// The next delivery would find no more than this one.
    UnknownSku,
}

impl fmt::Display for FulfilError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfStock => "out of stock",
            Self::UnknownSku => "no such article",
        })
    }
}

impl std::error::Error for FulfilError {}

impl Permanent for FulfilError {
    fn is_permanent(&self) -> bool {
        matches!(self, Self::UnknownSku)
    }
}

/// Runs once per execution environment, before the first event is asked for.
#[init]
async fn stock() -> Result<Stock, Error> {
    let left = [("tea", 100), ("cake", 2)];
    let left = left.map(|(sku, count)| (sku.to_owned(), count));
    Ok(Stock { left: Mutex::new(left.into()) })
}

/// Takes an order's articles out of the stock.
#[handler(sqs(queue = "orders", batch_size = 10), concurrency = 8, timeout = "30s", memory = 256)]
#[deadline(margin = "5s")]
async fn fulfil(order: Order<'_>, message: SqsMessage<'_>, stock: &Stock) -> Result<(), FulfilError> {
    let left = stock.take(&order).await?;
    tracing::info!(record = message.message_id(), order = order.id, left, "fulfilled");
    Ok(())
}

lambkin::main! {
    init: [stock],
    handlers: [fulfil],
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use lambkin::testing::TestApp;
    use lambkin::testing::sqs::{Batch, Message};
    use serde_json::json;

    use super::*;

    fn order(sku: &str, quantity: u32) -> Message {
        Message::json(&json!({"id": "o-1", "sku": sku, "quantity": quantity})).id(sku)
    }

    /// What is left of tea and cake.
    fn stock_of(tea: u32, cake: u32) -> Stock {
        let left = [("tea", tea), ("cake", cake)].map(|(sku, count)| (sku.to_owned(), count));
        Stock { left: Mutex::new(left.into()) }
    }

    #[tokio::test]
    async fn a_handler_is_a_function() {
        let stock = stock_of(3, 0);
        let order = Order { id: "o-1", sku: "tea", quantity: 2 };
        assert_eq!(stock.take(&order).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_is_out_of_stock_is_retried_and_what_does_not_exist_is_not() {
        let app = TestApp::<App>::new().with(stock_of(100, 0));
        let batch = Batch::new().message(order("tea", 1)).message(order("cake", 1)).message(order("coffee", 1));
        let done = app.invoke("fulfil", batch).await;
        assert_eq!(done.failed(), ["cake"]);
        assert_eq!(done.discarded(), ["coffee"]);
        assert_eq!(done.response(), json!({"batchItemFailures": [{"itemIdentifier": "cake"}]}));
    }

    #[tokio::test]
    async fn the_event_of_the_readme_names_the_bad_record() {
        let app = TestApp::<App>::new();
        let done = app.invoke("fulfil", include_str!("../events/one-bad.json")).await;
        assert_eq!(done.failed(), ["2e1424d4-f796-459a-8184-9c92662be6da"]);
    }
}
