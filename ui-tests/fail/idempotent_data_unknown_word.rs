use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, data = "none")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
