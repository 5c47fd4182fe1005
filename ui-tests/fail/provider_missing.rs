use lambkin::prelude::*;

struct Ledger;

#[handler(sqs)]
async fn fulfil(order: String, ledger: &Ledger) -> Result<(), Error> {
    let _ = (order, ledger);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
