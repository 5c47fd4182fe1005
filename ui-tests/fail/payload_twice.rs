use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order {
    id: String,
}

#[derive(Deserialize)]
struct Customer {
    name: String,
}

#[handler(sqs)]
async fn fulfil(order: Order, customer: Customer) -> Result<(), Error> {
    println!("{} {}", order.id, customer.name);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
