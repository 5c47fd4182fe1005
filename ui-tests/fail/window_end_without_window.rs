use lambkin::prelude::*;

#[handler(kinesis(stream = "sales"), on_window_end = publish)]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

async fn publish(totals: u64, window: Window<'_>) {
    let _ = (totals, window);
}

lambkin::main! { handlers: [tally] }
