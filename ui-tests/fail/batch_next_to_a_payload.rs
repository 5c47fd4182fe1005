use lambkin::prelude::*;

#[handler(sqs)]
async fn load(batch: Batch<u64>, order: String) -> Result<Processed, Error> {
    let _ = order;
    Ok(batch.rest_done())
}

lambkin::main! { handlers: [load] }
