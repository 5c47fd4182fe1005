use lambkin::prelude::*;

#[handler(kinesis(stream = "sales", filters = r#"{"data": {'total': [1]}}"#))]
async fn handle(_: String) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [handle] }
