use lambkin::prelude::*;

#[handler(kinesis(tumbling_window = "1m"))]
async fn tally(batch: Batch<u64>) -> Result<Processed, Error> {
    Ok(batch.rest_done())
}

lambkin::main! { handlers: [tally] }
