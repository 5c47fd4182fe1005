use lambkin::prelude::*;

#[handler(sqs(queue = "arn:aws:sns:eu-west-1:123456789012:orders"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
