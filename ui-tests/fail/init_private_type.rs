use lambkin::prelude::*;

mod clients {
    use lambkin::prelude::*;

    struct Ledger;

    #[init]
    pub async fn ledger() -> Result<Ledger, Error> {
        Ok(Ledger)
    }
}

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { init: [clients::ledger], handlers: [fulfil] }
