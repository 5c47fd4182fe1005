//! Fragments of a `macro_rules!` arrive in invisible groups, with names of their own.
#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::{TestApp, sqs};

struct Ledger;

macro_rules! service {
    ($init:ident: $value:ty, $handler:ident($order:ident: $payload:ty, $cx:ty, $app:ty) $(-> $out:ty)?, $margin:literal, $hook:path) => {
        #[init]
        async fn $init() -> Result<$value, Error> {
            Ok(Ledger)
        }

        #[handler(sqs(queue = "orders", batch_size = 10, max_receive_count = 3), on_last_attempt = $hook)]
        #[deadline(margin = $margin)]
        async fn $handler($order: $payload, cx: $cx, app: $app) $(-> $out)? {
            let _ = ($order, cx, app);
            Ok(())
        }
    };
}

async fn bury(_: SqsMessage<'_>, _: lambkin::Failure) {}

service!(ledger: Ledger, fulfil(order: u64, Context, &Ledger) -> Result<(), Error>, "1s", bury);

macro_rules! timed {
    ($name:ident, $hook:path) => {
        #[handler(invoke)]
        #[deadline(margin = "1s", on_exceeded = $hook)]
        async fn $name() -> Result<u64, Error> {
            Ok(1)
        }
    };
}

async fn give_up(_: DeadlineExceeded) -> Result<u64, Error> {
    Ok(0)
}

timed!(quote, give_up);

macro_rules! wire {
    ($($init:path),*; $($handler:path),*) => {
        lambkin::app! { init: [$($init),*], handlers: [$($handler),*] }
    };
}

wire!(ledger; fulfil, quote);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let done = TestApp::<App>::new().invoke("fulfil", sqs::Batch::of([7])).await;
    assert_eq!(done.acknowledged(), ["message-0"]);
}
