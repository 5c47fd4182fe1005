use lambkin::prelude::*;

struct Ledger;

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger)
}

lambkin::main! { init: [ledger] }
