use lambkin::deadline as within;
use lambkin::prelude::*;

#[handler(sqs)]
#[within(margin = "5s")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
