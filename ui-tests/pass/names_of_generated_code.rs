#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::{TestApp, sqs};

struct Ledger;

#[init]
async fn app() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[handler(sqs(max_receive_count = 1), on_last_attempt = bury(call))]
async fn fulfil(record: u64, payload: Context, call: &Ledger) -> Result<(), Error> {
    let _ = (record, payload, call);
    Err(Error::msg("no"))
}

macro_rules! handlers {
    ($($name:ident)*) => {
        $(#[handler(invoke)]
        #[deadline(margin = "1s")]
        async fn $name() -> Result<u64, Error> {
            Ok(1)
        })*

        mod named {
            lambkin::app! { handlers: [$(super::$name),*] }
        }
    };
}

handlers! { record call payload returned settled bound spec exceeded message dependency_0 parameter_0 value }

async fn bury(message: SqsMessage<'_>, failure: lambkin::Failure, _: &Ledger) {
    assert_eq!(message.body(), "7");
    assert_eq!(failure.message(), "no");
}

#[shutdown]
async fn kept(app: &Ledger) {
    let _ = app;
}

lambkin::app! { init: [app], handlers: [fulfil], shutdown: [kept] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let message = sqs::Message::json(&7).receive_count(1);
    let done = TestApp::<App>::new().invoke("fulfil", sqs::Batch::new().message(message)).await;
    assert!(done.error().is_some());
    let _ = named::App::default();
}
