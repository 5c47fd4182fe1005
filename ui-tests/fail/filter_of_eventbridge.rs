use lambkin::prelude::*;

#[handler(activemq(queue = "orders", filters = r#"{"data": [{"wildcard": "*.png"}]}"#))]
async fn handle(_: String) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [handle] }
