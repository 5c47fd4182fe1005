use lambkin::prelude::*;

#[handler(SQS(queue = "orders"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
