use lambkin::prelude::*;

#[handler(kinesis(starting_position = LATEST))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
