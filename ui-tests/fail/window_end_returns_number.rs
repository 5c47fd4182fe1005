use lambkin::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish)]
async fn tally(sale: u64, mut totals: WindowState<'_, Totals>) -> Result<(), Error> {
    totals.sales += sale;
    Ok(())
}

async fn publish(totals: Totals, window: Window<'_>) -> u64 {
    let _ = window;
    totals.sales
}

lambkin::main! { handlers: [tally] }
