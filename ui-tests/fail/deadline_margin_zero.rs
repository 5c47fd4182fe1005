use lambkin::prelude::*;

#[handler(sqs, timeout = "30s")]
#[deadline(margin = "0s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
