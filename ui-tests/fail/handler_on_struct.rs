use lambkin::prelude::*;

#[handler(sqs)]
#[derive(Deserialize)]
struct Order {
    id: String,
}

fn main() {}
