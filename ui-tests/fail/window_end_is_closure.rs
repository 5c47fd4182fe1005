use lambkin::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = |totals, window| async {})]
async fn tally(sale: u64, mut totals: WindowState<'_, Totals>) -> Result<(), Error> {
    totals.sales += sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
