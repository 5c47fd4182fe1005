use lambkin::prelude::*;

#[handler(sqs(queue = "orders", batchsize = 10))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
