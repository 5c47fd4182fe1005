use lambkin::prelude::*;

#[handler(sqs, partial = false, all_failed = "report")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
