use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/", prefix = "/v1")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
