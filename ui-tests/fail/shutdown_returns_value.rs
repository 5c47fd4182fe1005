use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[shutdown]
async fn flush() -> u32 {
    7
}

lambkin::main! { handlers: [fulfil], shutdown: [flush] }
