use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[idempotent(key = order, store = store, lease = "30s")]
#[idempotent(key = order, store = store, lease = "1m")]
async fn charge(order: u64, store: &Memory) -> Result<u64, Error> {
    Ok(order)
}

fn main() {}
