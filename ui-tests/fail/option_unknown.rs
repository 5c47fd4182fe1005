use lambkin::prelude::*;

#[handler(sqs, retries = 3)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
