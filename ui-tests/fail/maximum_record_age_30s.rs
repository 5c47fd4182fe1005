use lambkin::prelude::*;

#[handler(dynamodb(maximum_record_age = "30s"))]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
