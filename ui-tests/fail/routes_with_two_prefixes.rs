use lambkin::prelude::*;

#[routes("/v1", "/v2")]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

fn main() {}
