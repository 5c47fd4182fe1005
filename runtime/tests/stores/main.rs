//! Stores of idempotency records against real peers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[cfg(feature = "idempotency-dynamodb")]
mod dynamodb;
#[cfg(feature = "idempotency-file")]
mod file;
#[cfg(feature = "idempotency-redis")]
mod redis;
mod urls;

#[cfg(any(feature = "idempotency-dynamodb", feature = "idempotency-file", feature = "idempotency-redis"))]
use lambkin::idempotency::Claim;

/// A claim that holds for an hour.
#[cfg(any(feature = "idempotency-dynamodb", feature = "idempotency-file", feature = "idempotency-redis"))]
fn claim(owner: &str) -> Claim {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = u64::try_from(now.as_millis()).unwrap();
    Claim::new(owner.to_owned(), now, now + 3_600_000, 3_600_000, 500, None)
}
