use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, on_last_attempt = bury)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
