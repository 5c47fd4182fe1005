use lambkin::prelude::*;

#[handler(invoke, concurrency = 8)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
