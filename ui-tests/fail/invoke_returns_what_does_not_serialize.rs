use lambkin::prelude::*;

struct Quote {
    total: u64,
}

#[handler(invoke)]
async fn quote(order: String) -> Result<Quote, Error> {
    Ok(Quote { total: order.len() as u64 })
}

lambkin::main! { handlers: [quote] }
