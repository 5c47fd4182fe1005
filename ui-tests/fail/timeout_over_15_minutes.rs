use lambkin::prelude::*;

#[handler(sqs, timeout = "20m")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
