//! As `shadowed_names`, for windows, their hooks and whole batches.
#![deny(warnings)]
#![allow(dead_code, unused_imports)]

use lambkin::{handler, init};

struct Result;
struct Option;
struct Box;
struct String;
struct Vec;
struct Default;
struct Batch;
struct Window;
struct WindowState;
struct Failure;
struct Processed;
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
trait Take {}
trait Clone {}
trait FromRecord {}
mod std {}
mod core {}
mod alloc {}

type Returned<T> = ::core::result::Result<T, ::lambkin::Error>;

struct Ledger;

#[init]
async fn ledger() -> Returned<Ledger> {
    Returned::Ok(Ledger)
}

#[handler(kinesis(tumbling_window = "1m"), on_window_end = publish(ledger))]
async fn tally(
    sale: u64,
    window: ::lambkin::Window<'_>,
    mut total: ::lambkin::WindowState<'_, u64>,
    ledger: &Ledger,
) -> Returned<()> {
    let _ = (window, ledger);
    *total += sale;
    Returned::Ok(())
}

async fn publish(_: u64, _: ::lambkin::Window<'_>, _: &Ledger) -> Returned<()> {
    Returned::Ok(())
}

#[handler(dynamodb(tumbling_window = "1m"), on_window_end = quietly)]
async fn count(change: ::lambkin::Change<u64>, mut count: ::lambkin::WindowState<'_, u64>) {
    let _ = change;
    *count += 1;
}

async fn quietly(_: u64, _: ::lambkin::Window<'_>) {}

#[handler(kinesis)]
async fn load(batch: ::lambkin::Batch<u64>) -> Returned<::lambkin::Processed> {
    Returned::Ok(batch.rest_done())
}

#[handler(kafka)]
async fn infallible(batch: ::lambkin::Batch<u64, ::lambkin::KafkaRecord<'_>>) -> ::lambkin::Processed {
    batch.rest_retried()
}

#[handler(ses)]
async fn screen(mail: ::lambkin::SesMessage<'_>) -> ::lambkin::Disposition {
    let _ = mail;
    ::lambkin::Disposition::Continue
}

#[handler(s3(events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]))]
async fn resize(object: ::lambkin::S3Event<'_>) -> Returned<()> {
    let _ = object;
    Returned::Ok(())
}

::lambkin::app! { init: [ledger], handlers: [tally, count, load, infallible, screen, resize] }

fn main() {
    let _ = App::default;
}
