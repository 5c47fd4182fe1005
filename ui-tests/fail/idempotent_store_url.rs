use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, store = "dynamodb://records")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
