use lambkin::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish(store))]
async fn tally(sale: u64, mut totals: WindowState<'_, Totals>) -> Result<(), Error> {
    totals.sales += sale;
    Ok(())
}

async fn publish(totals: Totals, window: Window<'_>, store: &u64) {
    let _ = (totals.sales, window, store);
}

lambkin::main! { handlers: [tally] }
