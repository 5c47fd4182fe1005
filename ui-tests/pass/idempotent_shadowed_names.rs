//! Generated code means the standard library's names, whatever stands in the user's module.
#![deny(warnings)]
#![allow(dead_code, unused_imports)]

use lambkin::idempotency::Memory;
use lambkin::{handler, idempotent};

struct Result;
struct Option;
struct Box;
struct String;
struct Vec;
enum Mine {
    Ok,
    Err,
    Some,
    None,
}
use Mine::{Err, None, Ok, Some};
trait Send {}
trait Future {}
trait Into {}
mod std {}
mod core {}
mod alloc {}
mod lambkin_macros {}
macro_rules! concat {
    () => {};
}
macro_rules! env {
    () => {};
}
macro_rules! unreachable {
    () => {};
}
macro_rules! format {
    () => {};
}

type Returned<T> = ::core::result::Result<T, ::lambkin::Error>;

#[handler(sqs)]
#[idempotent(key = (order, cx.request_id()), verify = order)]
async fn fulfil(order: u64, cx: ::lambkin::Context) -> Returned<()> {
    concat!();
    env!();
    unreachable!();
    format!();
    Returned::Ok(())
}

#[idempotent(key = order, verify = (order,), store = store, lease = "30s")]
async fn charge(order: u64, store: &Memory) -> Returned<u64> {
    Returned::Ok(order)
}

::lambkin::app! { handlers: [fulfil] }

fn main() {
    let _ = (App::default, charge);
}
