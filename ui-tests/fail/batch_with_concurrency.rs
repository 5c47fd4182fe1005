use lambkin::prelude::*;

#[handler(sqs, concurrency = 4)]
async fn load(orders: Batch<String>) -> Result<Processed, Error> {
    Ok(orders.rest_done())
}

lambkin::main! { handlers: [load] }
