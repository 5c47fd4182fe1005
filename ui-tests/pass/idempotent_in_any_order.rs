//! `#[idempotent]` above and below other attributes, and under another name.
#![deny(warnings)]

use lambkin::idempotent as once;
use lambkin::prelude::*;
use lambkin::testing::{TestApp, sqs};

#[idempotent(key = order)]
#[handler(sqs)]
async fn above(order: String) -> Result<(), Error> {
    once_only(&order)
}

#[handler(sqs)]
#[idempotent(key = order)]
async fn below(order: String) -> Result<(), Error> {
    once_only(&order)
}

/// Documented.
#[idempotent(key = order)]
#[tracing::instrument(skip_all)]
#[deadline(margin = "1s")]
#[handler(sqs)]
#[allow(clippy::unused_async, reason = "stands between")]
async fn above_all(order: String) -> Result<(), Error> {
    once_only(&order)
}

#[deadline(margin = "1s")]
#[tracing::instrument]
#[handler(sqs)]
#[tracing::instrument]
#[idempotent(key = order)]
#[must_use]
async fn below_all(order: String) -> Result<(), Error> {
    once_only(&order)
}

#[once(key = order)]
#[handler(sqs)]
async fn renamed(order: String) -> Result<(), Error> {
    once_only(&order)
}

#[cfg(all())]
#[lambkin::idempotent(key = order)]
#[lambkin::handler(sqs)]
#[cfg(all())]
async fn by_path(order: String) -> Result<(), Error> {
    once_only(&order)
}

#[cfg(any())]
#[idempotent(key = order)]
#[handler(sqs)]
async fn removed(order: String) -> Result<(), Error> {
    once_only(&order)
}

thread_local! {
    static RUNS: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
}

fn once_only(order: &str) -> Result<(), Error> {
    RUNS.with_borrow_mut(|runs| runs.push(order.to_owned()));
    Ok(())
}

lambkin::app! { handlers: [above, below, above_all, below_all, renamed, by_path] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = TestApp::<App>::new();
    for name in ["above", "below", "above_all", "below_all", "renamed", "by_path"] {
        for _ in 0..2 {
            let message = sqs::Message::json(&name);
            let done = app.invoke(name, sqs::Batch::new().message(message)).await;
            assert!(done.error().is_none(), "{name}");
        }
    }
    RUNS.with_borrow(|runs| assert_eq!(*runs, ["above", "below", "above_all", "below_all", "renamed", "by_path"]));
}
