use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = natural)]
async fn fulfil(orders: Batch<String>) -> Result<Processed, Error> {
    Ok(orders.rest_done())
}

lambkin::main! { handlers: [fulfil] }
