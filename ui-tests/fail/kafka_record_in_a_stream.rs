use lambkin::prelude::*;

#[handler(dynamodb)]
async fn mirror(change: Change<u64>, record: KafkaRecord<'_>) -> Result<(), Error> {
    let _ = (change, record);
    Ok(())
}

lambkin::main! { handlers: [mirror] }
