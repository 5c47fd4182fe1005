use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order {
    id: String,
}

#[handler(sqs)]
#[idempotent(key = "order.id")]
async fn fulfil(order: Order) -> Result<(), Error> {
    drop(order.id);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
