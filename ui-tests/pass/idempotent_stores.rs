//! Where a store and a cipher come from, and all options at once.
#![deny(warnings)]

use lambkin::idempotency::{AnyStore, Cipher, Memory};
use lambkin::prelude::*;
use lambkin::testing::TestApp;

struct Backwards;

impl Cipher for Backwards {
    async fn seal(&self, _: &str, data: String) -> Result<String, Error> {
        Ok(data.chars().rev().collect())
    }

    async fn open(&self, _: &str, sealed: String) -> Result<String, Error> {
        Ok(sealed.chars().rev().collect())
    }
}

struct Ledger {
    records: Memory,
    cipher: Backwards,
    stores: Vec<AnyStore>,
}

#[init]
async fn ledger() -> Result<Ledger, Error> {
    Ok(Ledger { records: Memory::new(), cipher: Backwards, stores: vec![AnyStore::new(Memory::new())] })
}

#[init]
async fn records() -> Result<Memory, Error> {
    Ok(Memory::new())
}

mod secrets {
    use super::{Backwards, Error, init};

    #[init]
    pub(crate) async fn cipher() -> Result<Backwards, Error> {
        Ok(Backwards)
    }
}

static RECORDS: std::sync::LazyLock<Memory> = std::sync::LazyLock::new(Memory::new);
static BACKWARDS: Backwards = Backwards;

#[handler(invoke)]
#[idempotent(key = order, store = records, cipher = secrets::cipher)]
async fn by_name(order: u32) -> u32 {
    order
}

#[handler(invoke)]
#[idempotent(key = order, store = records)]
async fn by_parameter(order: u32, records: &Memory) -> u32 {
    order
}

#[handler(invoke)]
#[idempotent(key = order, store = &ledger.records, cipher = &ledger.cipher)]
async fn by_field(order: u32, ledger: &Ledger) -> u32 {
    order
}

#[handler(invoke)]
#[idempotent(key = order, store = ledger.records, cipher = ledger.cipher)]
async fn by_place(order: u32, ledger: &Ledger) -> u32 {
    order
}

#[handler(invoke)]
#[idempotent(key = order, store = ledger.stores[0])]
async fn by_index(order: u32, ledger: &Ledger) -> u32 {
    order
}

#[handler(invoke)]
#[idempotent(key = order, store = &*RECORDS, cipher = crate::BACKWARDS)]
async fn by_static(order: u32) -> u32 {
    order
}

#[handler(invoke)]
#[idempotent(key = order, store = stored(ledger))]
async fn by_call(order: u32, ledger: &Ledger) -> u32 {
    order
}

fn stored(ledger: &Ledger) -> &Memory {
    &ledger.records
}

#[handler(invoke, timeout = "30s")]
#[idempotent(
    key = order,
    verify = (order, cx.request_id().len()),
    expires = "1h 30m",
    scope = "shop/orders",
    in_progress = "wait",
    missing_key = "run",
    on_store_error = "run",
    data = "keep",
    cipher = ledger.cipher,
    cache = 100,
    lease = "30s",
    clock_skew = "0s",
    store = ledger.records,
    compat = "powertools-python",
    crate = ::lambkin,
)]
#[deadline(margin = "1s", on_exceeded = give_up(ledger))]
async fn with_all_options(order: u32, cx: Context, ledger: &Ledger) -> u32 {
    order
}

async fn give_up(_: DeadlineExceeded, _: &Ledger) -> u32 {
    0
}

#[handler(invoke)]
#[idempotent(key = order, data = "key-only", in_progress = "fail", missing_key = "reject", on_store_error = "fail", compat = "powertools-typescript", scope = "{function}")]
async fn key_only(order: u32) {
    let _ = order;
}

lambkin::app! {
    init: [ledger, records, secrets::cipher],
    handlers: [by_name, by_parameter, by_field, by_place, by_index, by_static, by_call, with_all_options, key_only],
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    for name in ["by_name", "by_parameter", "by_field", "by_place", "by_index", "by_static", "by_call", "with_all_options"] {
        for _ in 0..2 {
            let done = app.invoke(name, "7").await;
            assert!(done.error().is_none(), "{name}");
        }
    }
}
