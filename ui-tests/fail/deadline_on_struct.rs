use lambkin::prelude::*;

#[deadline(margin = "5s")]
struct Order {
    id: String,
}

fn main() {}
