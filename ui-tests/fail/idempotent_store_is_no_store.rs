use lambkin::prelude::*;

struct Ledger;

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[handler(sqs)]
#[idempotent(key = order, store = ledger)]
async fn fulfil(order: String, ledger: &Ledger) -> Result<(), Error> {
    let _ = (order, ledger);
    Ok(())
}

lambkin::main! { init: [ledger], handlers: [fulfil] }
