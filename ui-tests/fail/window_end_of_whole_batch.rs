use lambkin::prelude::*;

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish)]
async fn tally(batch: Batch<u64>) -> Result<Processed, Error> {
    Ok(batch.rest_done())
}

async fn publish(totals: u64, window: Window<'_>) {
    let _ = (totals, window);
}

lambkin::main! { handlers: [tally] }
