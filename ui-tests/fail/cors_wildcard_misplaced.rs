use lambkin::prelude::*;

#[handler(http(cors = "https://app.*.com"))]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
