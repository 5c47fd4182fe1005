use lambkin::prelude::*;

#[handler(kinesis(batch_size = 10_001))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
