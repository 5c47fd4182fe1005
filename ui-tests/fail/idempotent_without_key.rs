use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(expires = "1h")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
