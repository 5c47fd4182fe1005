use lambkin::prelude::*;

#[handler(sqs = "orders", timeout = "30s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
