use lambkin::idempotent as once;
use lambkin::prelude::*;

#[handler(sqs)]
#[once(key = order)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
