use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = 7)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
