//! Handlers that record metrics.

use lambkin::metrics::{counter, gauge, histogram};
use lambkin::prelude::*;

/// Whether this app could install a recorder of its own.
struct Recorder {
    is_own: bool,
}

#[init]
async fn recorder() -> Result<Recorder, Error> {
    metrics::counter!("Starts").increment(1);
    Ok(Recorder { is_own: metrics::set_global_recorder(metrics::NoopRecorder).is_ok() })
}

#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
    pieces: u64,
}

/// An order without pieces fails, one of a thousand is refused for good.
#[handler(sqs, concurrency = 4)]
#[idempotent(key = order.id)]
async fn take(order: Order<'_>) -> Result<(), Error> {
    counter!("Pieces").increment(order.pieces);
    match order.pieces {
        0 => Err(Error::msg("an order of nothing")),
        1_000 => Err(Discard::new("too many").into()),
        _ => Ok(()),
    }
}

/// Records more than fits into a document, and what fits into none.
#[handler(invoke)]
async fn flood(times: u32) -> Result<(), Error> {
    for number in 0..150 {
        counter!(format!("m{number}")).increment(number);
    }
    for value in 0..times {
        histogram!("Values").record(value);
    }
    gauge!("Nothing").set(f64::NAN);
    let labels: Vec<(String, String)> = (0..40).map(|number| (format!("l{number}"), format!("v{number}"))).collect();
    counter!("Wide", &labels).increment(1);
    Ok(())
}

#[handler(invoke)]
async fn whose(recorder: &Recorder) -> bool {
    recorder.is_own
}

#[handler(invoke)]
async fn fail() -> Result<(), Error> {
    counter!("Attempts").increment(1);
    Err(Error::msg("no"))
}

#[shutdown]
async fn goodbye() {
    counter!("Goodbyes").increment(1);
}

lambkin::main! {
    init: [recorder],
    metrics: "Meter",
    handlers: [take, flood, whose, fail],
    shutdown: [goodbye],
}
