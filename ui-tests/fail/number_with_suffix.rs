use lambkin::prelude::*;

#[handler(sqs, memory = 256MB)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
