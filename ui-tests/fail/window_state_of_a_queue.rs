use lambkin::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Totals {
    sales: u64,
}

#[handler(sqs)]
async fn tally(sale: u64, mut totals: WindowState<'_, Totals>) -> Result<(), Error> {
    totals.sales += sale;
    Ok(())
}

lambkin::main! { handlers: [tally] }
