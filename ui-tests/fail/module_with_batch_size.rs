use lambkin::prelude::*;

#[handler(http, concurrency = 8)]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
