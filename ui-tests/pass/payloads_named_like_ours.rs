//! Payloads of the user's own that are called like types of lambkin's stay payloads.
#![deny(warnings)]

use lambkin::testing::{TestApp, sqs};
use lambkin::{Error, FromRecord, handler};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Change<T> {
    from: T,
    to: T,
}

#[derive(Deserialize)]
struct Window<'a> {
    title: &'a str,
}

#[derive(Deserialize)]
struct WindowState<T> {
    open: T,
}

#[derive(Deserialize)]
struct Batch<T, M = u8> {
    of: T,
    and: M,
}

/// An extractor of the user's own.
struct KinesisRecord;

impl<'r, R> FromRecord<'r, R> for KinesisRecord {
    fn from_record(_: &'r R, _: &lambkin::Context) -> Result<Self, lambkin::Failure> {
        Ok(Self)
    }
}

#[handler(sqs)]
async fn change(change: Change<u64>, record: KinesisRecord) -> Result<(), Error> {
    let _ = record;
    if change.from == change.to { Err(Error::msg("no change")) } else { Ok(()) }
}

#[handler(kinesis(tumbling_window = "1m"))]
async fn window(window: Window<'_>) {
    println!("{}", window.title);
}

#[handler(kafka)]
async fn window_state(state: WindowState<bool>) {
    println!("{}", state.open);
}

#[handler(kinesis(tumbling_window = "1m"))]
async fn batch(batch: Batch<u64>) -> Result<(), Error> {
    println!("{} {}", batch.of, batch.and);
    Ok(())
}

lambkin::app! { handlers: [change, window, window_state, batch] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let batch = sqs::Batch::of([json!({"from": 1, "to": 2}), json!({"from": 3, "to": 3})]);
    let done = TestApp::<App>::new().invoke("change", batch).await;
    assert_eq!(done.failed(), ["message-1"]);
}
