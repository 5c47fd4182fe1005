use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, cache = 0)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
