use lambkin::prelude::*;

#[idempotent(key = id)]
struct Order {
    id: String,
}

fn main() {}
