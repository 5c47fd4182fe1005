//! `#[idempotent]` is told where lambkin is, as under a renamed dependency.
#![deny(warnings)]

mod vendor {
    pub(crate) use ::lambkin as serverless;
}

use crate::vendor::serverless::idempotency::Memory;
use crate::vendor::serverless::{Error, handler, idempotent, init};

#[init(crate = crate::vendor::serverless)]
async fn records() -> Result<Memory, Error> {
    Ok(Memory::new())
}

#[idempotent(key = order, store = records, crate = crate::vendor::serverless)]
#[handler(invoke, crate = crate::vendor::serverless)]
async fn quote(order: u64) -> Result<u64, Error> {
    Ok(order)
}

#[idempotent(key = order, store = store, lease = "30s", crate = crate::vendor::serverless)]
/// Documented below.
async fn charge(order: u64, store: &Memory) -> Result<u64, Error> {
    Ok(order)
}

crate::vendor::serverless::app! {
    crate: crate::vendor::serverless,
    init: [records],
    handlers: [quote],
}

fn main() {
    let _ = (App::default, charge);
}
