use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil<const RETRIES: usize>(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
