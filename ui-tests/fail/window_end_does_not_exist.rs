use lambkin::prelude::*;

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish)]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
