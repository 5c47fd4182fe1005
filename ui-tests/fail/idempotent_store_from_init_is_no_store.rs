use lambkin::prelude::*;

struct Ledger;

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[handler(sqs)]
#[idempotent(key = order, store = ledger)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { init: [ledger], handlers: [fulfil] }
