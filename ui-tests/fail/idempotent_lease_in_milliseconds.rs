use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, lease = "500ms")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
