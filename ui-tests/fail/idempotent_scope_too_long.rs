use lambkin::prelude::*;

#[handler(sqs)]
#[idempotent(key = order, scope = "orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/orders-of-all-shops/")]
async fn fulfil(order: String) -> Result<(), Error> {
    drop(order);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
