use lambkin::prelude::*;

#[idempotent(expires = "1h")]
#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
