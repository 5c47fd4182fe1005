use lambkin::prelude::*;

#[handler(sqs(queue = "orders", maximum_concurrency = 20), reserved_concurrency = 10)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
