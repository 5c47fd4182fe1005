use lambkin::prelude::*;

#[handler(sqs, crate = "lambkin")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
