use lambkin::prelude::*;

#[routes("/users")]
async fn users() -> String {
    String::new()
}

fn main() {}
