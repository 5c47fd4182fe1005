use lambkin::prelude::*;

#[fallback]
async fn missing() -> String {
    String::new()
}

fn main() {}
