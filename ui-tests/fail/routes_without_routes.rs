use lambkin::prelude::*;

#[routes("/users")]
mod users {}

fn main() {}
