use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

#[shutdown]
async fn flush(cx: Context) {
    drop(cx);
}

lambkin::main! { handlers: [fulfil], shutdown: [flush] }
