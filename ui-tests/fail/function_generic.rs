use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil<O: serde::de::DeserializeOwned>(order: O) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
