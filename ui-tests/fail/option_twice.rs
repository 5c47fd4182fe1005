use lambkin::prelude::*;

#[handler(sqs, timeout = "30s", memory = 256, timeout = "1m")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
