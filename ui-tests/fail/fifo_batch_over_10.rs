use lambkin::prelude::*;

#[handler(sqs(queue = "orders.fifo", batch_size = 11))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
