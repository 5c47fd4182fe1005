use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[idempotent(key = order, store = store, lease = "30s")]
async fn charge(order: u64, store: &Memory) -> u64 {
    order
}

fn main() {}
