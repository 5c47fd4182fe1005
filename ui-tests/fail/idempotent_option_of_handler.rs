use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, timeout = "30s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
