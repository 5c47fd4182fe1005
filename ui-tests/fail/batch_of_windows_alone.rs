use lambkin::prelude::*;

#[handler(kinesis(stream = "sales"))]
async fn tally(windows: Batch<WindowState<'_, u64>>) -> Result<Processed, Error> {
    Ok(windows.rest_done())
}

lambkin::main! { handlers: [tally] }
