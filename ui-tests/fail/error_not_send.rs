use std::error::Error;

#[lambkin::handler(sqs)]
async fn fulfil(order: String) -> Result<(), Box<dyn Error>> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
