//! Every attribute is told where lambkin is, as under a renamed dependency.
#![deny(warnings)]

mod vendor {
    pub(crate) use ::lambkin as serverless;
}

use crate::vendor::serverless::{DeadlineExceeded, Error, deadline, handler, init, shutdown};

struct Ledger;

#[init(crate = crate::vendor::serverless)]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[deadline(margin = "1s", on_exceeded = give_up, crate = crate::vendor::serverless)]
#[handler(invoke, crate = crate::vendor::serverless)]
async fn quote(_ledger: &Ledger) -> Result<u64, Error> {
    Ok(7)
}

async fn give_up(_: DeadlineExceeded) -> Result<u64, Error> {
    Ok(0)
}

#[shutdown(crate = crate::vendor::serverless)]
async fn close(_ledger: &Ledger) {}

crate::vendor::serverless::main! {
    crate: crate::vendor::serverless,
    init: [ledger],
    handlers: [quote],
    shutdown: [close],
}
