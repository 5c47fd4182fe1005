use lambkin::prelude::*;

#[handler(sqs(queue = "orders.fifo", window = "5s"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
