#![deny(warnings)]

use std::fmt;

use lambkin::prelude::*;

#[derive(Debug)]
struct OutOfStock;

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of stock")
    }
}

impl std::error::Error for OutOfStock {}

impl Permanent for OutOfStock {
    fn is_permanent(&self) -> bool {
        true
    }
}

/// As anyhow's: no `std::error::Error`, but it turns into a box.
#[derive(Debug)]
struct Opaque;

impl From<Opaque> for Box<dyn std::error::Error + Send + Sync> {
    fn from(_: Opaque) -> Self {
        "opaque".into()
    }
}

#[handler(sqs)]
async fn question_mark(body: RawBody<'_>) -> Result<(), Error> {
    let number: u64 = body.parse()?;
    let value: serde_json::Value = serde_json::from_str(&body)?;
    if number == 0 {
        Err(OutOfStock)?;
    }
    if value.is_null() {
        return Err(Discard::new("null").into());
    }
    Ok(())
}

#[handler(sqs)]
async fn own() -> Result<(), OutOfStock> {
    Err(OutOfStock)
}

#[handler(sqs)]
async fn text() -> Result<(), &'static str> {
    Err("no")
}

#[handler(sqs)]
async fn owned_text() -> Result<(), String> {
    Err("no".to_owned())
}

#[handler(sqs)]
async fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err("no".into())
}

#[handler(sqs)]
async fn opaque() -> Result<(), Opaque> {
    Err(Opaque)
}

#[handler(sqs)]
async fn discard() -> Result<(), Discard> {
    "x".parse::<u8>().map(drop).or_discard()
}

#[handler(sqs)]
async fn never() -> Result<(), std::convert::Infallible> {
    Ok(())
}

#[handler(sqs)]
async fn nothing() {}

#[handler(sqs)]
async fn unit() -> () {}

struct Ready;

#[init]
async fn ready() -> Result<Ready, &'static str> {
    Ok(Ready)
}

struct Own;

#[init]
async fn own_error() -> Result<Own, OutOfStock> {
    Ok(Own)
}

#[shutdown]
async fn close() -> Result<(), String> {
    Ok(())
}

lambkin::app! {
    init: [ready, own_error],
    handlers: [question_mark, own, text, owned_text, boxed, opaque, discard, never, nothing, unit],
    shutdown: [close],
}

fn main() {}
