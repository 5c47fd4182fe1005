#![deny(warnings)]

use lambkin::Context as Invocation;
use lambkin::deadline as within;
use lambkin::handler as lambda;
use lambkin::init as provide;
use lambkin::app as wire;
use lambkin::shutdown as goodbye;

struct Ledger;

#[provide]
async fn ledger() -> Result<Ledger, lambkin::Error> {
    Ok(Ledger)
}

#[lambda(invoke)]
async fn quote(cx: Invocation, _ledger: &Ledger) -> Result<String, lambkin::Error> {
    Ok(cx.request_id().to_owned())
}

#[goodbye]
async fn close(_ledger: &Ledger) {}

mod timed {
    use super::lambda;
    use lambkin::deadline;

    #[lambda(invoke)]
    #[deadline(margin = "1s")]
    pub(crate) async fn slow() {}

    #[deadline(margin = "1s")]
    #[lambda(invoke)]
    pub(crate) async fn slower() {}
}

// Above the handler: there it is expanded first, and writes its own name.
#[within(margin = "1s")]
#[lambda(invoke)]
async fn aliased() {}

wire! { init: [ledger], handlers: [aliased, quote, timed::slow, timed::slower], shutdown: [close] }

fn main() {}
