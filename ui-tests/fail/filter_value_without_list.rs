use lambkin::prelude::*;

#[handler(sqs(queue = "orders", filters = r#"{"body": {"type": "order"}}"#))]
async fn handle(_: String) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [handle] }
