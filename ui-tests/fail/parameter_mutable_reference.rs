use lambkin::prelude::*;

struct Stock {
    left: u32,
}

#[init]
async fn stock() -> Result<Stock, Error> {
    Ok(Stock { left: 100 })
}

#[handler(sqs)]
async fn fulfil(order: String, stock: &mut Stock) -> Result<(), Error> {
    drop(order);
    stock.left -= 1;
    Ok(())
}

lambkin::main! { init: [stock], handlers: [fulfil] }
