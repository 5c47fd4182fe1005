use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[idempotent(key = order, store = store, lease = "30s")]
async fn charge<'a>(order: &'a str, store: &Memory) -> Result<&'a str, Error> {
    Ok(order)
}

fn main() {}
