use lambkin::prelude::*;

#[handler(kinesis(tumbling_window = "1m"))]
#[idempotent(key = natural)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
