use lambkin::prelude::*;

struct Settings;
struct Ledger;

#[init]
async fn ledger(settings: Settings) -> Result<Ledger, Error> {
    let _ = settings;
    Ok(Ledger)
}

#[handler(sqs)]
async fn fulfil(order: String, ledger: &Ledger) -> Result<(), Error> {
    let _ = (order, ledger);
    Ok(())
}

lambkin::main! { init: [ledger], handlers: [fulfil] }
