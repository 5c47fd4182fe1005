use lambkin::prelude::*;

#[handler(kinesis(tumbling_window = "20m"))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
