use lambkin::prelude::*;

#[handler(kinesis(100))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
