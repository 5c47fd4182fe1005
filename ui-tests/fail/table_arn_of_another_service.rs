use lambkin::prelude::*;

#[handler(dynamodb(table = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"))]
async fn mirror(change: Change<u64>) -> Result<(), Error> {
    let _ = change;
    Ok(())
}

lambkin::main! { handlers: [mirror] }
