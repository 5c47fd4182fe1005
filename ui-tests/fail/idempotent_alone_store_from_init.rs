use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[init]
async fn records() -> Result<Memory, Error> {
    Ok(Memory::new())
}

#[idempotent(key = order, store = records, lease = "30s")]
async fn charge(order: u64) -> Result<u64, Error> {
    Ok(order)
}

fn main() {}
