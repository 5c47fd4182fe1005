use lambkin::prelude::*;

#[handler(sqs(queue = "orders", filters = [r#"{"body": ["ping"]}"#, r#"{"type": ["order"]}"#]))]
async fn handle(_: String) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [handle] }
