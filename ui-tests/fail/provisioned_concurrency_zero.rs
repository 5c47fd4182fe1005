use lambkin::prelude::*;

#[handler(invoke, provisioned_concurrency = 0)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
