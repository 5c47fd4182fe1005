use lambkin::prelude::*;

#[handler(kafka)]
async fn tally(sale: u64, window: Window<'_>) -> Result<(), Error> {
    let _ = (sale, window);
    Ok(())
}

lambkin::main! { handlers: [tally] }
