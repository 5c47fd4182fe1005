use lambkin::prelude::*;

#[handler(kinesis(stream = "https://a", view = "NEW_IMAGE", parallelization_factor = 0), partial = 1)]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
