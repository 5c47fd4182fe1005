use lambkin::idempotency::Memory;
use lambkin::prelude::*;

struct Declined;

#[idempotent(key = order, store = store, lease = "30s")]
async fn charge(order: u64, store: &Memory) -> Result<u64, Declined> {
    Ok(order)
}

fn main() {}
