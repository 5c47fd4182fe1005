use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, missing_key = "ignore")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
