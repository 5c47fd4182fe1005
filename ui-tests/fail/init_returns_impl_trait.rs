use lambkin::prelude::*;

trait Store: Send + Sync {}

struct Postgres;

impl Store for Postgres {}

#[init]
async fn store() -> Result<impl Store, Error> {
    Ok::<_, Error>(Postgres)
}

#[handler(sqs)]
async fn fulfil(order: String, store: &dyn Store) -> Result<(), Error> {
    let _ = (order, store);
    Ok(())
}

lambkin::main! { init: [store], handlers: [fulfil] }
