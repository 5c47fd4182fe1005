use lambkin::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

#[handler(kinesis(tumbling_window = "1m"))]
async fn tally(sale: u64, totals: &WindowState<'_, Totals>) -> Result<(), Error> {
    let _ = sale + totals.sales;
    Ok(())
}

lambkin::main! { handlers: [tally] }
