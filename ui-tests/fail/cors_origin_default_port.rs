use lambkin::prelude::*;

#[handler(http(cors = "https://app.example.com:443"))]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
