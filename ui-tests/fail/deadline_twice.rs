use lambkin::prelude::*;

#[deadline(margin = "5s")]
#[handler(sqs)]
#[deadline(margin = "3s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
