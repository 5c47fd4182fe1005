use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, margin = "5s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
