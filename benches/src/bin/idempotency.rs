//! The latency of `#[idempotent]` in round trips to the store: a DynamoDB over HTTP, behind a proxy that makes each request
//! late by a fixed time; beside it, the same records by Powertools for AWS Lambda (Python), and one by one by lambkin.
//!
//! `cargo run --release -p lambkin-bench --bin idempotency`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends where something is wrong")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use lambkin::idempotency::{DynamoDb, Store};
use lambkin::prelude::*;
use lambkin::testing::TestApp;
use lambkin::testing::sqs::Batch;
use lambkin_peers::delay::Delay;
use lambkin_peers::dynamodb::DynamoDb as Peer;
use serde_json::json;

const DELAY: Duration = Duration::from_millis(25);
const RECORDS: usize = 10;
const BATCHES: usize = 20;

#[derive(Deserialize)]
struct Payment {
    id: String,
}

#[init]
async fn records() -> Result<DynamoDb, Error> {
    Err(Error::msg("the benchmark has one"))
}

#[handler(sqs)]
#[idempotent(key = payment.id, store = records)]
async fn batched(payment: Payment) -> Result<(), Error> {
    drop(payment);
    Ok(())
}

lambkin::app! { init: [records], handlers: [batched] }

/// As one writes it by hand: each record by itself.
#[idempotent(store = records, key = id, lease = "60s")]
async fn one_by_one(records: &DynamoDb, id: &str) -> Result<(), Error> {
    Ok(())
}

fn ids(batch: usize) -> impl Iterator<Item = String> {
    (0..RECORDS).map(move |record| format!("{batch}-{record}"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[tokio::main]
async fn main() {
    let peer = Peer::start().table("payments", None);
    let proxy = Delay::before(peer.address(), DELAY);
    let endpoint = format!("http://{}", proxy.address());
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::new("test", "test", None, None, "bench"))
        .region(Region::new("eu-west-1"))
        .endpoint_url(&endpoint);
    let store = DynamoDb::new(Client::from_conf(config.build()), "payments");

    // One round trip, on a connection that stands.
    let mut times = Vec::new();
    for _ in 0..BATCHES {
        let start = Instant::now();
        store.release("nobody", "nobody").await.unwrap();
        times.push(start.elapsed());
    }
    let round_trip = median(times);
    println!("one round trip: {:.1} ms, of which {} ms are the proxy's", ms(round_trip), DELAY.as_millis());
    println!("{RECORDS} records, median of {BATCHES} batches:");

    let app = TestApp::<App>::new().with(store.clone());
    for what in ["lambkin, fresh", "lambkin, replayed"] {
        let mut times = Vec::new();
        for batch in 0..BATCHES {
            let event = Batch::of(ids(batch).map(|id| json!({"id": id})));
            let start = Instant::now();
            app.invoke("batched", event).await.response();
            times.push(start.elapsed());
        }
        report(what, median(times), round_trip);
    }
    for what in ["one by one, fresh", "one by one, replayed"] {
        let mut times = Vec::new();
        for batch in 0..BATCHES {
            let start = Instant::now();
            for id in ids(batch) {
                one_by_one(&store, &id).await.unwrap();
            }
            times.push(start.elapsed());
        }
        report(what, median(times), round_trip);
    }
    powertools(&peer, &endpoint, round_trip);
}

/// The same by the library for Python, in a process of its own that prints its two medians in milliseconds.
fn powertools(peer: &Peer, endpoint: &str, round_trip: Duration) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let python = root.join(".venv/bin/python");
    if !python.exists() {
        println!("Powertools for AWS Lambda (Python) is not there: `./check` installs it into .venv");
        return;
    }
    let mut command = Command::new(python);
    command.arg(root.join("benches/powertools.py")).args([RECORDS.to_string(), BATCHES.to_string()]);
    command.envs(peer.environment()).env("AWS_ENDPOINT_URL_DYNAMODB", endpoint).stderr(Stdio::inherit());
    let output = command.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let medians = printed.split_whitespace().map(|ms| Duration::from_secs_f64(ms.parse::<f64>().unwrap() / 1000.0));
    for (what, median) in ["Powertools (Python), fresh", "Powertools (Python), replayed"].into_iter().zip(medians) {
        report(what, median, round_trip);
    }
}

fn report(what: &str, median: Duration, round_trip: Duration) {
    println!(
        "  {what:<30} {:>7.1} ms = {:>5.2} round trips",
        ms(median),
        median.as_secs_f64() / round_trip.as_secs_f64()
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
