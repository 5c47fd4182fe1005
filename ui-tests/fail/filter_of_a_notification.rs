use lambkin::prelude::*;

#[handler(sns(topic = "notices", filters = r#"{"type": ["order"]}"#))]
async fn handle(_: String) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [handle] }
