use lambkin::prelude::*;

#[handler(sqs, reserved_concurency = 10)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
