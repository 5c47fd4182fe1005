use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, on_store_error = "open")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
