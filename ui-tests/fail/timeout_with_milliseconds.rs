use lambkin::prelude::*;

#[handler(sqs, timeout = "1500ms")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
