use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, expires_after_seconds = 3600)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
