//! Fragments of a `macro_rules!` in the parentheses of sources, and as types, hooks and answers.
#![deny(warnings)]

use lambkin::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

macro_rules! windowed {
    ($source:ident, $name:ident($payload:ty, $state:ty, $window:ty), $length:literal, $factor:expr, $hook:path) => {
        #[handler($source(tumbling_window = $length, parallelization_factor = $factor), on_window_end = $hook)]
        async fn $name(payload: $payload, state: $state, window: $window) -> Result<(), Error> {
            let _ = (payload, state, window);
            Ok(())
        }
    };
}

windowed!(kinesis, tally(u64, WindowState<'_, Totals>, Window<'_>), "1m", 1, publish);
windowed!(dynamodb, count(Change<u64>, WindowState<'_, Totals>, Window<'_>), "15m", 1, self::publish);

async fn publish(totals: Totals, window: Window<'_>) {
    let _ = (totals.sales, window);
}

macro_rules! whole {
    ($source:ident, $name:ident($batch:ty) -> $out:ty) => {
        #[handler($source)]
        async fn $name(batch: $batch) -> $out {
            Ok(batch.rest_done())
        }
    };
}

whole!(sqs, load(Batch<u64>) -> Result<Processed, Error>);
whole!(kinesis, load_records(Batch<KinesisRecord<'_>>) -> Result<Processed, Error>);

macro_rules! scheduled {
    ($name:ident, $expression:literal) => {
        #[handler(schedule($expression, timezone = "UTC"))]
        async fn $name() {}
    };
    ($name:ident named $expression:expr) => {
        #[handler(schedule(expression = $expression))]
        async fn $name() {}
    };
}

scheduled!(hourly, "rate(1 hour)");
scheduled!(daily named "cron(0 6 * * ? *)");

macro_rules! watched {
    ($name:ident, [$($event:literal),*], $bucket:expr, $word:literal) => {
        #[handler(s3(bucket = $bucket, events = [$($event),*]), malformed = $word)]
        async fn $name(object: S3Event<'_>) {
            let _ = object;
        }
    };
}

watched!(resize, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "photos", "discard");

lambkin::app! { handlers: [tally, count, load, load_records, hourly, daily, resize] }

fn main() {}
