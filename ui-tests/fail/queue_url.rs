use lambkin::prelude::*;

#[handler(sqs(queue = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
