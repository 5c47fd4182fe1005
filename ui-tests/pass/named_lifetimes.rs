#![deny(warnings, elided_lifetimes_in_paths)]

use std::borrow::Cow;

use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    lines: Vec<&'a str>,
}

struct Ledger {
    name: &'static str,
}

#[init]
async fn ledger<'n>() -> Result<Ledger, Error> {
    let name: &'n str = "main";
    let _ = name;
    Ok(Ledger { name: "main" })
}

#[handler(sqs)]
async fn fulfil<'o, 'm, 'l: 'o>(order: Order<'o>, message: SqsMessage<'m>, ledger: &'l Ledger) -> Result<(), Error> {
    tokio::task::yield_now().await;
    let _ = (order.id, order.lines, message.body(), ledger.name);
    Ok(())
}

#[handler(invoke)]
async fn fixed(ledger: &'static Ledger, text: RawBody<'_>) -> Result<usize, Error> {
    Ok(ledger.name.len() + text.len())
}

lambkin::app! { init: [ledger], handlers: [fulfil, fixed] }

fn main() {}
