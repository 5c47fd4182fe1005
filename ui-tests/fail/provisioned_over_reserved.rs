use lambkin::prelude::*;

#[handler(invoke, reserved_concurrency = 5, provisioned_concurrency = 10)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
