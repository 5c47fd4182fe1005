use lambkin::prelude::*;

#[handler(dynamodb(table = "orders", view = "NEW_IMAGES"))]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
