use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[idempotent(store = store, lease = "30s")]
async fn charge(order: u64, store: &Memory) -> Result<u64, Error> {
    Ok(order)
}

fn main() {}
