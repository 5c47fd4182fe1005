use lambkin::prelude::*;

#[idempotent(key = order, store = store, lease = "30s")]
async fn charge(order: u64, store: &String) -> Result<u64, Error> {
    Ok(order)
}

fn main() {}
