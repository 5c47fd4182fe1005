use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, key = order.len())]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
