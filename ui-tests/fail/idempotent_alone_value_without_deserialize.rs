use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[derive(Serialize)]
struct Receipt(u64);

#[idempotent(key = order, store = store, lease = "30s")]
async fn charge(order: u64, store: &Memory) -> Result<Receipt, Error> {
    Ok(Receipt(order))
}

fn main() {}
