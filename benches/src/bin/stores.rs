//! What each store, and metrics, add to a function: bytes of the stripped release binary, and time from its start to its first question for
//! an event.
//!
//! `cargo run --release -p lambkin-bench --bin stores`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and ends where something is wrong")]

use std::time::{Duration, Instant};

use lambkin_e2e::Setup;
use lambkin_e2e::binaries::built;
use lambkin_peers::dynamodb::DynamoDb;
use lambkin_peers::redis::Redis;

const STARTS: usize = 21;

#[tokio::main]
async fn main() {
    let (dynamodb, redis) = (DynamoDb::start().table("records", None), Redis::start());
    let file = std::env::temp_dir().join(format!("lambkin-bench-{}.sqlite", std::process::id()));
    let variants = [
        ("", String::new()),
        ("idempotent", "memory:".to_owned()),
        ("file", format!("file:{}", file.display())),
        ("dynamodb", "dynamodb://records".to_owned()),
        ("redis", redis.url()),
        ("metrics", String::new()),
    ];
    let mut base = None;
    println!("{:<12} {:>10} {:>10} {:>12}", "feature", "bytes", "more", "cold start");
    for (feature, url) in variants {
        let binary = built(&["--release", "-p", "sized", "--features", feature], "sized");
        let bytes = std::fs::metadata(&binary).unwrap().len();
        let base = *base.get_or_insert(bytes);
        let mut times = Vec::new();
        for _ in 0..STARTS {
            let mut setup = Setup::new(&binary).with("LAMBKIN_IDEMPOTENCY", &url);
            for (name, value) in dynamodb.environment() {
                setup = setup.with(name, &value);
            }
            let start = Instant::now();
            let mut lambda = setup.start().await;
            lambda.api.asked(1).await;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let cold_start = times.get(STARTS / 2).map_or(0.0, Duration::as_secs_f64) * 1000.0;
        let name = if feature.is_empty() { "none" } else { feature };
        println!("{name:<12} {bytes:>10} {:>10} {cold_start:>9.1} ms", bytes - base);
    }
    let _ = std::fs::remove_file(file);
}
