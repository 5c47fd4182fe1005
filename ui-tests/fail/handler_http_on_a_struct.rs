use lambkin::prelude::*;

#[handler(http)]
struct Api;

fn main() {}
