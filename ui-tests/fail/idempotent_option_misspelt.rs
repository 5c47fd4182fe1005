use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, expire = "1h")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
