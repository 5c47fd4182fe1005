use lambkin::prelude::*;

#[derive(Deserialize)]
struct Order {
    id: String,
}

#[handler(s3(bucket = "photos"))]
async fn resize(order: Order) -> Result<(), Error> {
    println!("{}", order.id);
    Ok(())
}

lambkin::main! { handlers: [resize] }
