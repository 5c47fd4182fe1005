use lambkin::prelude::*;

#[handler(kinesis(tumbling_window = "1m"), concurrency = 2)]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
