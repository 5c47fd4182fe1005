use lambkin::prelude::*;

#[handler(sqs)]
#[handler(invoke)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
