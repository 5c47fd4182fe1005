use lambkin::prelude::*;

#[handler(http)]
mod api {
    use super::*;

    #[get("/")]
    async fn home() -> String {
        String::new()
    }

    #[fallback]
    async fn missing() -> String {
        String::new()
    }

    #[fallback]
    async fn lost() -> String {
        String::new()
    }
}

lambkin::main! { handlers: [api] }
