use lambkin::prelude::*;

#[handler(sqs(window = "1m 30 sceonds"))]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
