use lambkin::prelude::*;

#[get("/users")]
struct Users;

fn main() {}
