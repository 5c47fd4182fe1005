use lambkin::prelude::*;

#[handler(sqs(queue = "new orders"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
