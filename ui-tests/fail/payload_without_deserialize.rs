use lambkin::prelude::*;

struct Order {
    id: String,
}

#[handler(sqs)]
async fn fulfil(order: Order) -> Result<(), Error> {
    println!("{}", order.id);
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
