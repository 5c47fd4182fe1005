use lambkin::prelude::*;

struct Order {
    id: String,
}

#[handler(sqs)]
async fn load(batch: Batch<Order>) -> Result<Processed, Error> {
    for order in &batch {
        println!("{}", order.id);
    }
    Ok(batch.rest_done())
}

lambkin::main! { handlers: [load] }
