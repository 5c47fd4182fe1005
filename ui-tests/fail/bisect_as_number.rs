use lambkin::prelude::*;

#[handler(kinesis(bisect_batch_on_function_error = 1))]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
