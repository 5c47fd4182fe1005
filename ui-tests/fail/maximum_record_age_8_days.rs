use lambkin::prelude::*;

#[handler(kinesis(maximum_record_age = "8days"))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
