use lambkin::prelude::*;

#[handler(dynamo(table = "orders"))]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
