use lambkin::prelude::*;

#[handler(dynamodb(table = "orders", view = "everything"))]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
