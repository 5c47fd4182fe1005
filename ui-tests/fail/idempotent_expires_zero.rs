use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, expires = "0s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
