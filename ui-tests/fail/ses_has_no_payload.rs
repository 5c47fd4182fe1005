use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order {
    id: String,
}

#[handler(ses)]
async fn screen(order: Order) -> Result<(), Error> {
    println!("{}", order.id);
    Ok(())
}

lambkin::main! { handlers: [screen] }
