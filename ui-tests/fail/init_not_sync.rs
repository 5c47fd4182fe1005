use std::cell::RefCell;

use lambkin::prelude::*;

struct Stock {
    left: RefCell<u32>,
}

#[init]
async fn stock() -> Result<Stock, Error> {
    Ok(Stock { left: RefCell::new(100) })
}

#[handler(sqs)]
async fn fulfil(order: String, stock: &Stock) -> Result<(), Error> {
    drop(order);
    *stock.left.borrow_mut() -= 1;
    Ok(())
}

lambkin::main! { init: [stock], handlers: [fulfil] }
