use lambkin::prelude::*;

#[handler(invoke, batch_size = 10)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
