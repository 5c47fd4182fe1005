use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[idempotent(key = order, store = store, lease = "30s")]
fn charge(order: u64, store: &Memory) -> impl Future<Output = Result<u64, Error>> {
    std::future::ready(Ok(order))
}

fn main() {}
