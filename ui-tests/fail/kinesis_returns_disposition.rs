use lambkin::prelude::*;

#[handler(kinesis)]
async fn tally(sale: u64) -> Result<Disposition, Error> {
    let _ = sale;
    Ok(Disposition::Continue)
}

lambkin::main! { handlers: [tally] }
