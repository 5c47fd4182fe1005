use lambkin::prelude::*;

#[handler(kinesis(stream = "sales", concurrency = 4))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
