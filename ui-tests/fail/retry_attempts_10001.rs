use lambkin::prelude::*;

#[handler(kinesis(maximum_retry_attempts = 10_001))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
