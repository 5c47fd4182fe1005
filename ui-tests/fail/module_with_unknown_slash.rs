use lambkin::prelude::*;

#[handler(http(trailing_slash = "remove"))]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
