use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[shutdown]
async fn flush() {}

lambkin::main! { init: [flush], handlers: [fulfil] }
