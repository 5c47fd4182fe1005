use lambkin::prelude::*;

#[handler(sqs(orders))]
async fn fulfil(order: String) -> Result<(), Error> {
    let _ = order;
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
