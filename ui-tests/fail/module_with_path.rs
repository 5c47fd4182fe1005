use lambkin::prelude::*;

#[handler(http("/v1"))]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
