use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: String) -> Result<String, Error> {
    Ok(order)
}

lambkin::main! { handlers: [fulfil] }
