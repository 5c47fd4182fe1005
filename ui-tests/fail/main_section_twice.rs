use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[handler(invoke)]
async fn quote(order: String) -> Result<String, Error> {
    Ok(order)
}

lambkin::main! { handlers: [fulfil], handlers: [quote] }
