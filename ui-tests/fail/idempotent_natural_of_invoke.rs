use lambkin::prelude::*;

#[handler(invoke)]
#[idempotent(key = natural)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
