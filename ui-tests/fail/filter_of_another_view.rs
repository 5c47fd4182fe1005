use lambkin::prelude::*;

#[handler(dynamodb(
    table = "orders",
    view = "KEYS_ONLY",
    filters = r#"{"dynamodb": {"NewImage": {"a": {"S": ["b"]}}}}"#
))]
async fn handle(_: Change<u64>) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [handle] }
