#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::{TestApp, sqs};
use serde_json::json;

#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
}

async fn post(id: &str) -> Result<usize, Error> {
    tokio::task::yield_now().await;
    Ok(id.len())
}

#[handler(sqs, concurrency = 4)]
async fn fulfil(order: Order<'_>) -> Result<(), Error> {
    let length = post(order.id).await?;
    assert_eq!(length, order.id.len());
    Ok(())
}

lambkin::app! { handlers: [fulfil] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let batch = sqs::Batch::of([json!({"id": "a"}), json!({"id": "caf\u{e9}"})]);
    let done = TestApp::<App>::new().invoke("fulfil", batch).await;
    assert!(done.failed().is_empty());
}
