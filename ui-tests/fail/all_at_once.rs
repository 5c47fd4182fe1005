use lambkin::prelude::*;

#[handler(sqs(queue = "orders.fifo", batch_size = 50, windows = "5s"), timeout = 30, memory = 1)]
#[deadline(margin = "5 parsecs")]
fn fulfil(order: impl ToString, line: &str) -> Result<(), Error> {
    println!("{} {line}", order.to_string());
    Ok(())
}

lambkin::main! { handlers: [fulfil] }
