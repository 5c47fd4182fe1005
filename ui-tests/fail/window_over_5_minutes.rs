use lambkin::prelude::*;

#[handler(sqs(queue = "orders", batch_size = 100, window = "301s"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
