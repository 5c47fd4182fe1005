//! As documentation's examples, which stand in a `main` that nobody sees.
#![deny(warnings)]

use lambkin::testing::TestApp;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    use lambkin::prelude::*;

    struct Ledger(u64);

    #[init]
    async fn ledger() -> Result<Ledger, Error> {
        Ok(Ledger(7))
    }

    #[handler(invoke)]
    async fn quote(ledger: &Ledger) -> u64 {
        ledger.0
    }

    lambkin::app! { init: [ledger], handlers: [quote] }

    assert_eq!(TestApp::<App>::new().invoke("quote", "null").await.response(), 7);
}
