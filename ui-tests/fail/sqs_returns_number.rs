use lambkin::prelude::*;

#[handler(sqs)]
async fn fulfil(order: String) -> usize {
    order.len()
}

lambkin::main! { handlers: [fulfil] }
