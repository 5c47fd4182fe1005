//! `examples/orders` as it is written by hand: the same stock, the same partial batch response, eight
//! records at a time, and a timeout 5 seconds before Lambda's.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use futures_util::StreamExt;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::Deserialize;

#[derive(Deserialize)]
struct Order {
    id: String,
    sku: String,
    quantity: u32,
}

struct Stock {
    left: Mutex<HashMap<String, u32>>,
}

impl Stock {
    async fn take(&self, order: &Order) -> Result<u32, FulfilError> {
        let mut left = self.left.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let left = left.get_mut(&order.sku).ok_or(FulfilError::UnknownSku)?;
        *left = left.checked_sub(order.quantity).ok_or(FulfilError::OutOfStock)?;
        Ok(*left)
    }
}

#[derive(Debug)]
enum FulfilError {
    OutOfStock,
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

async fn fulfil(message: &SqsMessage, stock: &Stock) -> Result<(), Error> {
    let order: Order = serde_json::from_str(message.body.as_deref().unwrap_or_default())?;
    match stock.take(&order).await {
        Ok(left) => {
            tracing::info!(record = message.message_id.as_deref(), order = order.id, left, "fulfilled");
            Ok(())
        }
        Err(FulfilError::UnknownSku) => {
            tracing::warn!(record = message.message_id.as_deref(), "discarded: {}", FulfilError::UnknownSku);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

async fn handle(event: LambdaEvent<SqsEvent>, stock: &Stock) -> Result<SqsBatchResponse, Error> {
    let left = event.context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    let line = tokio::time::Instant::now() + left.saturating_sub(Duration::from_secs(5));
    let outcomes = futures_util::stream::iter(event.payload.records).map(|message| async move {
        let result = match tokio::time::timeout_at(line, fulfil(&message, stock)).await {
            Ok(result) => result,
            Err(_) => Err("deadline exceeded".into()),
        };
        result.err().map(|error| {
            tracing::error!(record = message.message_id.as_deref(), "failed: {error}");
            message.message_id.clone().unwrap_or_default()
        })
    });
    let failed: Vec<String> = outcomes.buffer_unordered(8).filter_map(std::future::ready).collect().await;
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed
        .into_iter()
        .map(|id| {
            let mut failure = BatchItemFailure::default();
            failure.item_identifier = id;
            failure
        })
        .collect();
    Ok(response)
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let left = [("tea", 100), ("cake", 2)].map(|(sku, count)| (sku.to_owned(), count));
    let stock = &*Box::leak(Box::new(Stock { left: Mutex::new(left.into()) }));
    lambda_runtime::run_concurrent(service_fn(move |event| handle(event, stock))).await
}
