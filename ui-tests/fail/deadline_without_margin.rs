use lambkin::prelude::*;

#[handler(sqs)]
#[deadline]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
