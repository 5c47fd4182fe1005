use lambkin::prelude::*;

#[handler(dynamodb(tumbling_window = "0s"))]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
