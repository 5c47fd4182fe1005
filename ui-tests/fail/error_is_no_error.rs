use lambkin::prelude::*;

struct OutOfStock;

#[handler(sqs)]
async fn fulfil(order: String) -> Result<(), OutOfStock> {
    drop(order);
    Err(OutOfStock)
}

lambkin::main! { handlers: [fulfil] }
