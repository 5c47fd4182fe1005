use lambkin::idempotency::Memory;
use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, store = Memory::new())]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
