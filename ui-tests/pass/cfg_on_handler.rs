#![deny(warnings)]

use lambkin::prelude::*;

#[cfg(all())]
#[handler(invoke)]
async fn there() {}

#[cfg(any())]
#[handler(invoke)]
async fn absent(_: NoSuchType) {}

#[handler(invoke)]
#[cfg(any())]
async fn absent_too(_: NoSuchType) {}

#[cfg(any())]
#[deadline(margin = "1s")]
#[handler(invoke)]
async fn versioned() -> Result<u32, Error> {
    Ok(1)
}

#[cfg(not(any()))]
#[deadline(margin = "1s")]
#[handler(invoke)]
async fn versioned() -> Result<u32, Error> {
    Ok(2)
}

#[handler(invoke)]
#[cfg(all())]
async fn below() {}

#[cfg_attr(all(), handler(invoke))]
async fn conditional() {}

#[handler(invoke)]
#[cfg_attr(all(), deadline(margin = "1s"))]
async fn conditional_deadline() {}

#[cfg_attr(all(), deadline(margin = "1s"))]
#[handler(invoke)]
async fn conditional_deadline_first() {}

lambkin::app! {
    handlers: [there, versioned, below, conditional, conditional_deadline, conditional_deadline_first],
}

fn main() {}
