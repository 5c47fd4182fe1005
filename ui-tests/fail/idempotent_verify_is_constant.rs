use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, verify = 1)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
