use lambkin::prelude::*;

#[handler(kinesis(maximum_retry_attempts = 3), on_last_attempt = park)]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
