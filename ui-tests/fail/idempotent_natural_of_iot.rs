use lambkin::prelude::*;

#[handler(iot)]
#[idempotent(key = natural)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
