use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: String, #[cfg(debug_assertions)] cx: Context) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
