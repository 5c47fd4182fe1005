use lambkin::prelude::*;

struct Ledger;

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil], shutdown: [ledger] }
