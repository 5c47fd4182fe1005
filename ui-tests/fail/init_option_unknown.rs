use lambkin::prelude::*;

struct Ledger;

#[init(provide = dyn Send)]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { init: [ledger], handlers: [fulfil] }
