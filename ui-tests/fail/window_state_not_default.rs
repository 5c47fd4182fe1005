use lambkin::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

#[handler(kinesis(tumbling_window = "1m"))]
async fn tally(sale: u64, mut totals: WindowState<'_, Totals>) -> Result<(), Error> {
    totals.sales += sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
