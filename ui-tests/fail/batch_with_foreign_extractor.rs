use lambkin::prelude::*;

#[handler(sqs)]
async fn load(batch: Batch<String, KafkaRecord<'_>>) -> Result<Processed, Error> {
    Ok(batch.rest_done())
}

lambkin::main! { handlers: [load] }
