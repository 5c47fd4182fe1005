use lambkin::prelude::*;

struct Database;
struct Ledger;

#[init]
async fn database() -> Result<Database, Error> {
    Ok(Database)
}

#[init]
async fn ledger(database: &Database) -> Result<Ledger, Error> {
    let _ = database;
    Ok(Ledger)
}

#[handler(sqs)]
async fn fulfil(order: String, ledger: &Ledger) -> Result<(), Error> {
    let _ = (order, ledger);
    Ok(())
}

lambkin::main! { init: [ledger], handlers: [fulfil] }
