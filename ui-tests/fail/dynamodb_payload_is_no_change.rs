use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order {
    id: String,
}

#[handler(dynamodb(table = "orders"))]
async fn mirror(order: Order) -> Result<(), Error> {
    println!("{}", order.id);
    Ok(())
}

lambkin::main! { handlers: [mirror] }
