use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order {
    id: String,
}

#[handler(sqs)]
#[idempotent(key = order.id, verify = order)]
async fn fulfil(order: Order) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
