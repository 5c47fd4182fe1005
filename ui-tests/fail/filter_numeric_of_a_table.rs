use lambkin::prelude::*;

#[handler(dynamodb(
    table = "orders",
    filters = r#"{"dynamodb": {"NewImage": {"total": {"N": [{"numeric": [">", 10]}]}}}}"#
))]
async fn handle(_: Change<u64>) -> Result<(), Error> {
    Ok(())
}

lambkin::main! { handlers: [handle] }
