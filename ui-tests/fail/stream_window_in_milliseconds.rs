use lambkin::prelude::*;

#[handler(dynamodb(window = "500ms"))]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
