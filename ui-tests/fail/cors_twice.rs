use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/", cors = "*")]
    #[post("/", cors = "https://app.example.com")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
