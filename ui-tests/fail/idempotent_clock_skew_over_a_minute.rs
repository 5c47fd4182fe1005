use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, clock_skew = "5m")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
