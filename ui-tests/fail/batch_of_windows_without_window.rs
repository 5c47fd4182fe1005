use lambkin::prelude::*;

#[handler(kinesis(stream = "sales"))]
async fn tally(sales: Batch<u64, WindowState<'_, u64>>) -> Result<Processed, Error> {
    Ok(sales.rest_done())
}

lambkin::main! { handlers: [tally] }
