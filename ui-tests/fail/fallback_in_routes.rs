use lambkin::prelude::*;

#[routes]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }

    #[fallback]
    async fn missing() -> String {
        String::new()
    }
}

fn main() {}
