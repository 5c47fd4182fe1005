//! `missing_docs` has nothing to say about generated code.
#![deny(warnings, missing_docs, unreachable_pub)]

/// Orders.
pub mod orders {
    use lambkin::prelude::*;

    /// What is owed.
    #[derive(Debug)]
    pub struct Ledger;

    /// Runs once.
    #[init]
    pub async fn ledger() -> Result<Ledger, Error> {
        Ok(Ledger)
    }

    /// Takes an order.
    ///
    /// Twice if it must.
    #[handler(sqs)]
    #[deadline(margin = "5s")]
    pub async fn fulfil(order: u64, ledger: &Ledger) -> Result<(), Error> {
        let _ = (order, ledger);
        Ok(())
    }

    /// Says goodbye.
    #[shutdown]
    pub async fn close() {}

    lambkin::app! { init: [ledger], handlers: [fulfil], shutdown: [close] }
}

fn main() {
    let _ = orders::App::default();
}
