use lambkin::prelude::*;

#[handler(sqs, timeout = 30)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
