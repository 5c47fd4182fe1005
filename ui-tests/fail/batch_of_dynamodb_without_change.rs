use lambkin::prelude::*;

#[handler(dynamodb)]
async fn load(batch: Batch<u64>) -> Result<Processed, Error> {
    Ok(batch.rest_done())
}

lambkin::main! { handlers: [load] }
