use lambkin::prelude::*;

#[handler(kinesis(stream = "sales"))]
async fn tally(sale: u64, mut total: WindowState<'_, u64>) -> Result<(), Error> {
    *total += sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
