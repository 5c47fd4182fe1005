use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[fallback]
    #[get("/users")]
    async fn missing() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
