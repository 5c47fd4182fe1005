use lambkin::prelude::*;

#[handler(kinesis(queue = "clicks"))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
