#![deny(warnings)]

use lambkin::prelude::*;

struct Ledger {
    limit: u64,
}

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger { limit: 100 })
}

#[deadline(margin = "5s")]
#[handler(sqs)]
async fn fulfil(total: u64, ledger: &Ledger) -> Result<(), Error> {
    if total > ledger.limit { Err(Error::msg("too large")) } else { Ok(()) }
}

#[shutdown]
async fn close() -> Result<(), Error> {
    Ok(())
}

lambkin::app! { init: [ledger], handlers: [fulfil], shutdown: [close] }

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let _ = App::default;
    let small = Ledger { limit: 1 };
    assert!(fulfil(2, &small).await.is_err());
    assert!(fulfil(2, &ledger().await?).await.is_ok());
    close().await
}
