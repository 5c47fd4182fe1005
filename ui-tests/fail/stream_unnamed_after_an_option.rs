use lambkin::prelude::*;

#[handler(kinesis(batch_size = 10, "sales"))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
