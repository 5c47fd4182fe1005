//! Generated code means the standard library's names, whatever stands in the user's module.
#![deny(warnings)]
#![allow(dead_code, unused_imports)]

use lambkin::{deadline, handler, init, shutdown};

struct Result;
struct Option;
struct Box;
struct String;
struct Vec;
struct Default;
enum Mine {
    Ok,
    Err,
    Some,
    None,
}
use Mine::{Err, None, Ok, Some};
trait Send {}
trait Sync {}
trait Future {}
trait Into {}
mod std {}
mod core {}
mod alloc {}
mod lambkin_macros {}
macro_rules! vec {
    () => {};
}
macro_rules! env {
    () => {};
}

type Returned<T> = ::core::result::Result<T, ::lambkin::Error>;

struct Ledger;

#[init]
async fn ledger() -> Returned<Ledger> {
    vec!();
    env!();
    Returned::Ok(Ledger)
}

#[handler(sqs(max_receive_count = 3), on_last_attempt = bury(ledger))]
async fn fulfil(order: u64, ledger: &Ledger) -> Returned<()> {
    let _ = (order, ledger);
    Returned::Ok(())
}

async fn bury(_: ::lambkin::SqsMessage<'_>, _: ::lambkin::Failure, _: &Ledger) {}

#[handler(invoke)]
#[deadline(margin = "1s", on_exceeded = give_up)]
async fn quote() -> Returned<u64> {
    Returned::Ok(7)
}

async fn give_up(_: ::lambkin::DeadlineExceeded) -> Returned<u64> {
    Returned::Ok(0)
}

#[shutdown]
async fn close(_ledger: &Ledger) {}

::lambkin::app! { init: [ledger], handlers: [fulfil, quote], shutdown: [close] }

fn main() {
    let _ = App::default;
}
