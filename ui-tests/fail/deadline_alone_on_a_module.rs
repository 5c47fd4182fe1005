use lambkin::prelude::*;

#[deadline(margin = "1s")]
mod api {}

fn main() {}
