use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[idempotent(store = store, key = id, lease = "30s", cache = 10)]
async fn pay(store: &Memory, id: u32) -> Result<u32, Error> {
    Ok(id)
}

fn main() {}
