use lambkin::prelude::*;

struct Ledger;

#[init]
async fn ledger(table: &str) -> Result<Ledger, Error> {
    println!("{table}");
    Ok(Ledger)
}

#[handler(sqs)]
async fn fulfil(order: String, ledger: &Ledger) -> Result<(), Error> {
    let _ = (order, ledger);
    Ok(())
}

lambkin::main! { init: [ledger], handlers: [fulfil] }
