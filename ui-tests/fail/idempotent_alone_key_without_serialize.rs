use lambkin::idempotency::Memory;
use lambkin::prelude::*;

struct Order(u64);

#[idempotent(key = order, store = store, lease = "30s")]
async fn charge(order: Order, store: &Memory) -> Result<u64, Error> {
    Ok(order.0)
}

fn main() {}
