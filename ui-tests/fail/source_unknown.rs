use lambkin::prelude::*;

#[handler(rabbitmq)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
