use lambkin::prelude::*;

struct Ledger;

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[init]
async fn archive() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[handler(sqs)]
async fn fulfil(order: String, ledger: &Ledger) -> Result<(), Error> {
    let _ = (order, ledger);
    Ok(())
}

lambkin::main! { init: [ledger, archive], handlers: [fulfil] }
