use lambkin::prelude::*;

#[handler(sqs, memory = 0.5)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
