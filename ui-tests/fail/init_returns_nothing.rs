use lambkin::prelude::*;

#[init]
async fn logging() {
    println!("ready");
}

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { init: [logging], handlers: [fulfil] }
