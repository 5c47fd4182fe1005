use lambkin::prelude::*;

struct Ledger;

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[shutdown]
async fn close(ledger: &Ledger) {
    let _ = ledger;
}

lambkin::main! { handlers: [fulfil], shutdown: [close] }
