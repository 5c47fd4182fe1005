use lambkin::prelude::*;

#[handler(kinesis)]
async fn tally(batch: Batch<u64>, window: Window<'_>) -> Result<Processed, Error> {
    println!("{:?}", window.end());
    Ok(batch.rest_done())
}

lambkin::main! { handlers: [tally] }
