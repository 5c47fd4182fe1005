use lambkin::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish)]
async fn tally(sale: u64) -> Result<(), Error> {
    let _ = sale;
    Ok(())
}

async fn publish(totals: Totals, window: Window<'_>) {
    println!("{} {:?}", totals.sales, window.end());
}

lambkin::main! { handlers: [tally] }
