use lambkin::prelude::*;

#[handler(kinesis(paralelization_factor = 2))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
