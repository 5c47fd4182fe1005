use lambkin::prelude::*;

#[handler(kinesis(parallelization_factor = 11))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
