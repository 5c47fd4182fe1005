use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[init]
async fn records() -> Result<Memory, Error> {
    Ok(Memory::new())
}

#[handler(sqs)]
#[idempotent(key = order, store = records)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
