use lambkin::prelude::*;

#[routes(prefix = "/v1")]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

fn main() {}
