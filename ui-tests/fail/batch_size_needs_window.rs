use lambkin::prelude::*;

#[handler(sqs(queue = "orders", batch_size = 100))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
