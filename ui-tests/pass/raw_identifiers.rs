#![deny(warnings)]

use lambkin::prelude::*;
use lambkin::testing::TestApp;

struct Ledger;

#[init]
async fn r#struct() -> Result<Ledger, Error> {
    Ok(Ledger)
}

#[handler(invoke)]
async fn r#type(r#match: u64, r#in: &Ledger) -> u64 {
    let _ = r#in;
    r#match
}

#[shutdown]
async fn r#break(_: &Ledger) {}

lambkin::app! { init: [r#struct], handlers: [r#type], shutdown: [r#break] }

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(TestApp::<App>::new().invoke("type", "7").await.response(), 7);
}
