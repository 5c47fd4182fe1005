use lambkin::prelude::*;

#[handler(invoke)]
#[idempotent(key = order, compat = "powertools-python")]
async fn fulfil(order: u32) {
    let _ = order;
}

fn main() {}
