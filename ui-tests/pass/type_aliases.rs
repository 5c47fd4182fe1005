//! A parameter is sorted by its type, not by how the type is spelled.
#![deny(warnings, unreachable_pub, missing_docs, elided_lifetimes_in_paths)]
#![forbid(unsafe_code)]

use lambkin::prelude::*;
use lambkin::testing::{TestApp, sqs};
use serde_json::json;

type Fallible<T> = Result<T, Error>;
type Outcome = Fallible<()>;
type Cx = Context;
type Message<'m> = SqsMessage<'m>;
type Borrowed<'o> = Order<'o>;
type Shared = Ledger;

#[derive(Deserialize)]
struct Order<'a> {
    id: &'a str,
}

struct Ledger;

#[init]
async fn ledger() -> Fallible<Ledger> {
    Ok(Ledger)
}

#[handler(sqs)]
async fn fulfil(order: Borrowed<'_>, message: Message<'_>, cx: Cx, _ledger: &Shared) -> Outcome {
    assert_eq!(order.id, "a");
    assert_eq!(message.message_id(), "message-0");
    let _ = cx;
    Ok(())
}

lambkin::app! { init: [ledger], handlers: [fulfil] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let done = TestApp::<App>::new().invoke("fulfil", sqs::Batch::of([json!({"id": "a"})])).await;
    assert_eq!(done.acknowledged(), ["message-0"]);
}
