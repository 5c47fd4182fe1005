use lambkin::prelude::*;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Last<'a> {
    name: &'a str,
}

#[handler(kinesis(tumbling_window = "1m"))]
async fn tally(sale: u64, mut last: WindowState<'_, Last<'_>>) -> Result<(), Error> {
    let _ = sale;
    last.name = "";
    Ok(())
}

lambkin::main! { handlers: [tally] }
