use lambkin::prelude::*;

#[get("/users")]
async fn users() -> String {
    String::new()
}

fn main() {}
