use lambkin::prelude::*;

#[routes("/v1", cors = "*")]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

fn main() {}
