use lambkin::prelude::*;

async fn id() -> u32 {
    1
}

#[handler(sqs)]
#[idempotent(key = id().await)]
async fn fulfil(_order: u32) {}

fn main() {}
